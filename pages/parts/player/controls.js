// The row of buttons, the line that tells the current event, the legend, and the keys.

const SPEEDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];
const PLAYING_MS = 60_000; // the whole should take about a minute

// The speed at which a session plays in about a minute.
const fittingSpeed = (end) => SPEEDS.reduce((best, speed) => {
  const distance = (one) => Math.abs(Math.log(Math.max(1, end) / one / PLAYING_MS));
  return distance(speed) < distance(best) ? speed : best;
});

const controlButton = (sign, label, word, click, extra = '') => element('button', {
  type: 'button', className: 'button ' + (word ? '' : 'bare ') + extra, title: label,
  'aria-label': label, on: {click},
}, icon(sign), word);

class Controls {
  constructor(player) {
    this.play = controlButton('play_arrow', 'Play (space)', null, () => player.toggle(), 'primary play');
    this.speed = element('select', {
      'aria-label': 'Speed', on: {change: () => player.setSpeed(+this.speed.value)},
    }, SPEEDS.map((speed) => element('option', {value: speed}, speed + '×')));
    this.short = controlButton('compress', 'Waiting short (W)', 'Waiting short',
      () => player.shorten(), 'wide');
    this.link = controlButton('link', 'Copy link to this moment', null,
      () => this.#copy(), 'wide');
    this.time = element('div', {className: 'time num'});
    const jump = (sign, word, kind, key) => controlButton(sign, `Next ${word.toLowerCase()} (${key})`,
      word, () => player.jump(kind, 1));
    this.row = element('div', {className: 'controls', role: 'toolbar', 'aria-label': 'Replay'},
      controlButton('skip_previous', 'One event back (left arrow)', null, () => player.step(-1)),
      this.play,
      controlButton('skip_next', 'One event on (right arrow)', null, () => player.step(1)),
      this.speed,
      element('span', {className: 'divider wide'}),
      element('span', {className: 'small muted wide'}, 'Next'),
      jump('gavel', 'Decision', 'decision', ']'),
      jump('dangerous', 'Problem', 'failure', 'P'),
      jump('front_hand', 'Approval', 'approval', 'A'),
      element('span', {className: 'divider wide'}), this.short, this.link, this.time);
    this.told = element('div', {className: 'told'});
  }

  show({record, cursor, isPlaying, speed, scale}, look) {
    const {ms, seq} = cursor, {end, last} = record;
    this.time.replaceChildren(clockText(ms, end), ' / ', clockText(end, end),
      element('small', {}, `event ${seq} of ${last}`));
    this.play.firstChild.textContent = isPlaying ? 'pause' : 'play_arrow';
    this.play.title = isPlaying ? 'Pause (space)' : 'Play (space)';
    this.play.setAttribute('aria-label', this.play.title);
    this.speed.value = speed;
    this.short.setAttribute('aria-pressed', String(scale.isShort));
    // A screen reader hears the event while stepping, not the stream of them while playing.
    this.told.setAttribute('aria-live', isPlaying ? 'off' : 'polite');
    const moment = seq ? record.moment(seq) : {at: 0, label: 'Before the first event'};
    this.told.replaceChildren(
      element('span', {className: 'muted num'}, clockText(moment.at, end)),
      moment.role ? look.tile(moment.role, 'small') : '',
      element('span', {className: 'one-line grow'},
        moment.role ? element('b', {}, look.label(moment.role) + ' ') : '', moment.label));
  }

  tick(ms, end) {
    this.time.firstChild.textContent = clockText(ms, end);
  }

  async #copy() {
    const sign = this.link.firstChild;
    try {
      await navigator.clipboard.writeText(location.href);
      sign.textContent = 'check';
    } catch {
      sign.textContent = 'link_off';
      this.link.title = 'The browser does not allow copying: take the link from the address bar';
    }
    setTimeout(() => { sign.textContent = 'link'; }, 1500);
  }
}

const KEYS = {
  ' ': (player) => player.toggle(),
  ArrowRight: (player, isShifted) => player.step(isShifted ? 10 : 1),
  ArrowLeft: (player, isShifted) => player.step(isShifted ? -10 : -1),
  Home: (player) => player.seek(0),
  End: (player) => player.seek(player.record.last),
  ']': (player) => player.jump('decision', 1),
  '[': (player) => player.jump('decision', -1),
  p: (player) => player.jump('failure', 1),
  a: (player) => player.jump('approval', 1),
  w: (player) => player.shorten(),
  '+': (player) => player.changeSpeed(1),
  '=': (player) => player.changeSpeed(1),
  '-': (player) => player.changeSpeed(-1),
};

const LEGEND = [
  ['decision', 'Decision'], ['artifact', 'Artifact'], ['approval', 'Approval'],
  ['failure', 'Failure'], ['completed', 'Completed'], ['running', 'Running'],
  ['waiting', 'Waiting'], ['failed', 'Failed try'], ['ready', 'Ready'],
  ['retry', 'Until the next try'], ['coming', 'Not yet at this moment'],
];

// The legend of what occurs in this session.
const legend = (record) => {
  const occurs = new Set(['coming', ...record.marks.map((mark) => mark.kind)]);
  for (const {segments} of record.lanes) {
    for (const {state, endedAs} of segments) {
      occurs.add(state === 'running' ? endedAs || state : state);
      if (state === 'running') occurs.add(state);
    }
  }
  if (occurs.has('lost')) occurs.add('failed');
  return element('div', {className: 'legend'}, LEGEND
    .filter(([kind]) => occurs.has(kind))
    .map(([kind, word]) => element('span', {}, element('i', {className: 'sign ' + kind}), word)));
};
