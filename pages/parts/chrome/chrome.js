// What the page around the components needs of a script: colours, the sidebar, the keyboard.
const SIDEBAR = '[data-testid=stSidebar]';
const LINK = `${SIDEBAR} [data-testid=stPageLink-NavLink]`;
const NOTE_MS = 15000;
const pathOf = (link) => new URL(link.href).pathname.replace(/^\//, '');

// A component sees the theme's --st-* variables, the page around it does not.
const copyColors = (host) => {
  const page = document.documentElement.style;
  for (const name of ['red', 'orange', 'blue', 'green', 'violet', 'gray']) {
    page.setProperty('--sage-' + name, cssValue(host, `--st-${name}-text-color`));
  }
  page.setProperty('--sage-ground', cssValue(host, '--st-background-color'));
  page.setProperty('--sage-soft', cssValue(host, '--st-secondary-background-color'));
  page.setProperty('--sage-line', cssValue(host, '--st-border-color'));
};

// On a phone the sidebar would stay open over the page that was chosen.
const closeSidebarOnPhone = () => {
  const button = document.querySelector(
    `${SIDEBAR}[data-collapsed=false] [data-testid=stSidebarCollapseButton] button`);
  if (innerWidth < 768 && button) button.click();
};

// Sparklines of metrics carry graphics roles without a name; the number beside them says it.
const muteSparklines = () => document
  .querySelectorAll('[data-testid=stMetricChart]:not([aria-hidden])')
  .forEach((chart) => chart.setAttribute('aria-hidden', 'true'));

const nameSidebar = (path) => {
  document.querySelectorAll(LINK).forEach((link) => {
    // The first page's link has no path, and would name the page that is open.
    const address = link.getAttribute('href');
    if (address.startsWith('?')) link.setAttribute('href', '/' + address);
    if (pathOf(link) === path) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
  nameNotices();
  const content = document.querySelector('[data-testid=stSidebarUserContent]');
  if (content) {
    content.setAttribute('role', 'navigation');
    content.setAttribute('aria-label', 'Team and pages');
  }
};

// How much is unread stands at the link to it; the tab's socket tells, so no run has to ask.
const nameNotices = () => {
  const {unread} = window.sageChrome;
  const link = [...document.querySelectorAll(LINK)].find((one) => pathOf(one) === 'notices');
  if (!link || unread === undefined) return;
  const shown = unread > 99 ? '99+' : String(unread);
  if (!unread) {
    link.removeAttribute('data-unread');
    link.removeAttribute('aria-label');
  } else if (link.dataset.unread !== shown) {
    link.dataset.unread = shown;
    link.setAttribute('aria-label', `Notifications, ${shown} unread`);
  }
};
const listenToNotices = (state) => watchTopic('notices', (model, message) => {
  if (!message || message.kind !== 'unread') return;
  if (message.process) meetServer(state, message.process);
  const isMore = state.unread !== undefined && message.unread > state.unread;
  state.unread = message.unread;
  nameNotices();
  if (isMore && state.path === 'notices') state.runAnew(message.unread);
});

// A restarted server knows nothing of a dialog that is open, and drops what is sent from it.
// Closed without a run, it comes back with what was typed: that stands in the browser.
const meetServer = (state, process) => {
  const isAnother = state.process !== undefined && state.process !== process;
  state.process = process;
  if (!isAnother) return;
  const close = document.querySelector('[data-testid=stDialog] button[aria-label=Close]');
  if (!close) return;
  close.click();
  const note = element('div', {id: 'sage-note', role: 'alert'},
    'The server was restarted; open it again. What you typed is kept.');
  document.querySelector('[data-testid=stApp]').append(note);
  setTimeout(() => note.remove(), NOTE_MS);
};

// G, then the first letter of a page.
const GO = {b: '', a: 'approvals', s: 'sessions', d: 'decisions'};
const isTyping = (event) => {
  const target = event.composedPath()[0];
  return /INPUT|TEXTAREA|SELECT/.test(target.tagName) || target.isContentEditable
    || event.ctrlKey || event.metaKey || event.altKey;
};
const listenToKeys = () => {
  let pressedG = 0;
  document.addEventListener('keydown', (event) => {
    if (isTyping(event)) return;
    if (event.key === 'g') { pressedG = Date.now(); return; }
    if (Date.now() - pressedG < 900 && event.key in GO) {
      const link = [...document.querySelectorAll(LINK)].find((one) => pathOf(one) === GO[event.key]);
      if (link) link.click();
    }
    pressedG = 0;
  });
};

export default function (component) {
  const host = component.parentElement.host || component.parentElement;
  const path = component.data.page;
  const state = window.sageChrome ??= {};
  copyColors(host);
  // The server learns of another theme only with a rerun: until then charts keep the old colours.
  const ground = cssValue(host, '--st-background-color');
  if (state.ground && state.ground !== ground) component.setTriggerValue('theme', ground);
  state.ground = ground;
  if (state.path !== undefined && state.path !== path) closeSidebarOnPhone();
  state.path = path;
  state.runAnew = (unread) => component.setTriggerValue('notices', unread);
  nameSidebar(path);
  muteSparklines();
  if (!state.observer) {
    state.observer = new MutationObserver(() => { muteSparklines(); nameSidebar(state.path); });
    state.observer.observe(document.querySelector('[data-testid=stApp]'),
      {childList: true, subtree: true});
    listenToKeys();
    listenToNotices(state);
  }
}
