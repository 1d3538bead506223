// What all components share. Text of people and agents reaches the DOM as text, never as HTML.

// element('div', {className: 'row', on: {click}}, child, 'text') builds a DOM element.
const element = (tag, props, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (name === 'on') {
      for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    } else if (name === 'style' || name === 'role' || !(name in made)) {
      made.setAttribute(name, value);
    } else {
      made[name] = value;
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) made.append(child);
  }
  return made;
};

const icon = (name, extra) =>
  element('span', {className: 'icon ' + (extra || ''), 'aria-hidden': 'true'}, name);

const cssValue = (node, name) => getComputedStyle(node).getPropertyValue(name).trim();

const luminance = (hex) => {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const linear = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};

// The ink that reads better on a ground: white or near-black.
const inkOn = (hex) => {
  const ground = luminance(hex) + 0.05;
  return 1.05 / ground >= ground / (luminance('#111513') + 0.05) ? '#FFFFFF' : '#111513';
};

// 0.8 s, 42 s, 1:42, 1 h 04 min, 2 d 3 h: cut, as core/domain/duration.py does it
const duration = (seconds) => {
  const s = Math.max(0, seconds), two = (n) => String(Math.floor(n)).padStart(2, '0');
  if (s < 10) return (Math.floor(s * 10) / 10).toFixed(1) + ' s';
  if (s < 60) return Math.floor(s) + ' s';
  if (s < 3600) return Math.floor(s / 60) + ':' + two(s % 60);
  if (s < 86400) return Math.floor(s / 3600) + ' h ' + two((s % 3600) / 60) + ' min';
  return Math.floor(s / 86400) + ' d ' + Math.floor((s % 86400) / 3600) + ' h';
};

// RFC 7396: the one thing that browsers do with a state; they compute nothing of it.
const mergePatch = (target, patch) => {
  const merged = {...target};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (typeof value === 'object' && !Array.isArray(value)) {
      const inner = merged[key];
      const isObject = inner && typeof inner === 'object' && !Array.isArray(inner);
      merged[key] = mergePatch(isObject ? inner : {}, value);
    } else merged[key] = value;
  }
  return merged;
};

// looks(parentElement, data.words): tiles, pills and labels of roles and states in the theme.
const looks = (root, words) => {
  const host = root.host || root;
  const colors = cssValue(host, '--st-chart-categorical-colors').split(',').map((c) => c.trim());
  const role = (name) => words.roles[name]
    || {label: name.replaceAll('_', ' '), icon: 'person', place: 7};
  const color = (name) => colors[role(name).place] || '#666666';
  return {
    host,
    color,
    label: (name) => role(name).label,
    state: (name) => words.states[name],
    tile: (name, size) => element('span', {
      className: 'tile ' + (size || ''),
      style: `--role:${color(name)};--ink:${inkOn(color(name))}`,
      'aria-hidden': 'true',
    }, icon(role(name).icon)),
    pill: (name, text) => {
      const look = words.states[name];
      const turning = name === 'running' || name === 'active' ? 'spin' : '';
      return element('span', {className: 'pill is-' + look.color},
        icon(look.icon, turning), text || look.label);
    },
  };
};

// Hear a topic over the tab's one socket; `onStatus` hears how the socket is. Returns what ends it.
const watchTopic = (topic, handler, onStatus) => {
  const ends = [];
  const begin = () => {
    ends.push(window.sageTab.subscribe(topic, handler));
    if (onStatus) ends.push(window.sageTab.onStatus(onStatus));
  };
  if (window.sageTab) begin();
  else {
    document.addEventListener('sage-tab', begin, {once: true});
    ends.push(() => document.removeEventListener('sage-tab', begin));
  }
  return () => ends.forEach((end) => end());
};
