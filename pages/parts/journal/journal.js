// The decision journal as cards. On a narrow page the chosen card unfolds in place.

const DOTS = {high: 3, medium: 2, low: 1};

const dots = (confidence) => element('span', {className: 'confidence'},
  [1, 2, 3].map((at) => element('i', {className: at <= DOTS[confidence] ? 'on' : ''})),
  element('span', {}, confidence));

const list = (title, items) => items.length
  ? [element('h3', {}, title), element('ul', {}, items)]
  : null;

const drawMore = (entry, act) => element('div', {className: 'more'},
  list('Instead of', entry.alternatives.map((one) => element('li', {},
    element('b', {}, one.text), one.because ? ': ' + one.because : ''))),
  list('Evidence', entry.evidence.map((words) => element('li', {}, words))),
  entry.revisit ? [element('h3', {}, 'Look again'), element('p', {}, entry.revisit)] : null,
  element('div', {className: 'acts'},
    element('button', {type: 'button', className: 'button', on: {click: () => act('moment', entry.id)}},
      icon('replay'), 'See the moment'),
    entry.maySupersede
      ? element('button', {type: 'button', className: 'button', on: {click: () => act('supersede', entry.id)}},
        icon('published_with_changes'), 'Supersede')
      : null));

const drawCard = (entry, look, choose) => element('button', {
  type: 'button',
  className: 'card' + (entry.supersededBy ? ' is-old' : ''),
  'aria-current': String(entry.isChosen),
  on: {click: () => choose(entry.id)},
},
entry.role ? look.tile(entry.role) : element('span', {className: 'tile person', 'aria-hidden': 'true'}, icon('person')),
element('span', {className: 'body'},
  element('span', {className: 'text'}, entry.text),
  element('span', {className: 'why two-lines'}, element('b', {}, 'because '), entry.because),
  element('span', {className: 'foot num'},
    element('span', {}, entry.author),
    element('span', {className: 'tag'},
      icon(entry.isStrategic ? 'flag' : 'build'), entry.isStrategic ? 'Strategic' : 'Tactical'),
    dots(entry.confidence),
    entry.alternatives.length
      ? element('span', {}, entry.alternatives.length + (entry.alternatives.length === 1 ? ' alternative' : ' alternatives'))
      : null,
    element('span', {title: entry.exactly}, entry.when),
    entry.supersededBy ? element('span', {className: 'pill is-gray'}, icon('history'), 'Superseded') : null,
    entry.revisit && !entry.supersededBy
      ? element('span', {className: 'tag', title: entry.revisit}, icon('event_upcoming'), 'Look again')
      : null)));

const moveFocus = (root, event) => {
  const cards = [...root.querySelectorAll('.card')];
  const at = cards.indexOf(root.getRootNode().activeElement);
  const next = {j: at + 1, ArrowDown: at + 1, k: at - 1, ArrowUp: at - 1}[event.key];
  if (next === undefined || !cards[next]) return;
  event.preventDefault();
  cards[next].focus();
};

export default function (component) {
  const {data, parentElement, setStateValue, setTriggerValue} = component;
  const root = parentElement.querySelector('.sage');
  const look = looks(parentElement, data.words);
  const act = (name, id) => setTriggerValue('act', {name, id});
  const choose = (id) => {
    root.unfolded = root.unfolded === id ? null : id;
    root.querySelectorAll('.entry').forEach((entry) => {
      const isIt = entry.dataset.id === id;
      entry.querySelector('.card').setAttribute('aria-current', String(isIt));
      entry.classList.toggle('is-open', entry.dataset.id === root.unfolded);
    });
    setStateValue('chosen', id);
  };
  const focused = root.getRootNode().activeElement?.closest?.('.entry')?.dataset.id;
  const sections = data.groups.map((group) => element('section', {'aria-label': group.title},
    group.title ? element('h2', {className: 'group'}, group.title) : null,
    element('ol', {}, group.entries.map((entry) => {
      const made = element('li', {className: 'entry' + (entry.id === root.unfolded ? ' is-open' : '')},
        drawCard(entry, look, choose), drawMore(entry, act));
      made.dataset.id = entry.id;
      return made;
    }))));
  root.replaceChildren(...sections);
  root.onkeydown = (event) => moveFocus(root, event);
  if (focused) root.querySelector(`[data-id="${CSS.escape(focused)}"] .card`)?.focus();
}
