// The player: a cursor on the record, and everything that follows it.

const PANEL_MS = 120; // panels change at most about eight times a second while playing
const MOSTLY_WAITING = 4; // a session so many times longer than its lively time begins shortened

class Player {
  constructor(root, record, look) {
    Object.assign(this, {root, record, look, isPlaying: false});
    this.scale = new Scale(record, true);
    if (this.scale.end > record.end / MOSTLY_WAITING) this.scale = new Scale(record, false);
    this.speed = fittingSpeed(this.scale.end);
    this.cursor = {seq: 0, ms: 0};
    this.controls = new Controls(this);
    const canvas = element('canvas', {className: 'lanes', role: 'img', 'aria-label': 'What each role did, over time'});
    const map = element('canvas', {className: 'minimap', 'aria-hidden': 'true'});
    this.slider = element('input', {
      type: 'range', min: 0, max: record.last, 'aria-label': 'Event', className: 'slider',
      on: {input: () => this.seek(+this.slider.value)},
    });
    this.tip = element('div', {className: 'tip', hidden: true});
    const stage = element('div', {className: 'stage'}, canvas, this.slider, this.tip);
    const beside = element('div', {className: 'beside'});
    root.replaceChildren(
      element('div', {className: 'box'}, this.controls.row, stage, map, this.controls.told),
      legend(record), beside);
    this.lanes = new Lanes(canvas, record, look);
    this.minimap = new Minimap(map, record);
    this.panels = new Panels(beside, record, look);
    this.#fitView();
    listenToPointer(this);
  }

  // The state as of the cursor.
  get state() {
    return this.record.stateAt(this.cursor.seq);
  }

  seek(seq) {
    const wanted = Math.max(0, Math.min(this.record.last, seq));
    this.#moveTo(wanted, this.record.timeOf(wanted));
    this.#remember();
  }

  seekTime(ms) {
    this.#moveTo(this.record.seqAt(ms), ms);
    this.#remember();
  }

  step(by) {
    this.pause();
    this.seek(this.cursor.seq + by);
  }

  jump(kind, direction) {
    const mark = this.record.markBeside(kind, this.cursor.seq, direction);
    if (mark) this.seek(mark.seq);
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  play() {
    if (this.cursor.ms >= this.record.end) this.#moveTo(0, 0);
    this.isPlaying = true;
    this.drawnAt = performance.now();
    this.frame = requestAnimationFrame((now) => this.#advance(now));
    this.#showTexts();
  }

  pause() {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    cancelAnimationFrame(this.frame);
    this.#showAll();
    this.#remember();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.hasChosenSpeed = true;
    this.#showTexts();
  }

  changeSpeed(by) {
    const place = SPEEDS.indexOf(this.speed) + by;
    if (SPEEDS[place]) this.setSpeed(SPEEDS[place]);
  }

  shorten() {
    this.scale = new Scale(this.record, !this.scale.isShort);
    if (!this.hasChosenSpeed) this.speed = fittingSpeed(this.scale.end);
    this.#fitView();
    this.#showAll();
  }

  // Zooms the view around a time.
  zoom(ms, factor) {
    const {from, to} = this.view, place = this.scale.place(ms), end = this.scale.end;
    const next = {
      from: Math.max(0, place - (place - from) * factor),
      to: Math.min(end, place + (to - place) * factor),
    };
    if (next.to - next.from < end / 2000) return;
    Object.assign(this.view, next);
    this.#draw();
  }

  // Moves the view so that its middle is at a place of the axis.
  pan(place) {
    const width = this.view.to - this.view.from, end = this.scale.end;
    this.view.from = Math.max(0, Math.min(end - width, place - width / 2));
    this.view.to = this.view.from + width;
    this.#draw();
  }

  get isZoomed() {
    return this.view.to - this.view.from < this.scale.end * 0.99;
  }

  // Takes the theme's colours and the place's width anew.
  restyle(look) {
    this.look = this.lanes.look = this.panels.look = look;
    this.colors = themeColors(look.host);
    this.resize();
  }

  resize() {
    const width = this.root.clientWidth - 2, isNarrow = this.root.clientWidth < 760;
    if (width <= 0) return;
    this.lanes.resize(width, isNarrow);
    this.minimap.resize(width, isNarrow, this.lanes.left);
    this.#showAll();
  }

  #moveTo(seq, ms) {
    const isOther = seq !== this.cursor.seq;
    this.cursor = {seq, ms};
    this.#follow();
    if (isOther) this.#showAll();
    else this.#draw();
  }

  #advance(now) {
    // A tab that slept does not leap.
    const passed = Math.min(250, now - this.drawnAt) * this.speed, {record, scale} = this;
    this.drawnAt = now;
    const place = scale.place(this.cursor.ms) + passed;
    const ms = place >= scale.end ? record.end : scale.time(place);
    const seq = Math.max(this.cursor.seq, record.seqAt(ms));
    const isOther = seq !== this.cursor.seq;
    this.cursor = {seq, ms};
    this.#follow();
    if (isOther || !prefersStillness()) this.#draw();
    if (isOther) this.isBehind = true;
    if (this.isBehind && now - (this.shownAt || 0) > PANEL_MS) this.#showTexts();
    else if (!prefersStillness()) this.controls.tick(ms, record.end);
    if (ms >= record.end) this.pause();
    else this.frame = requestAnimationFrame((next) => this.#advance(next));
  }

  #fitView() {
    this.view = {scale: this.scale, from: 0, to: this.scale.end};
  }

  #follow() {
    const place = this.scale.place(this.cursor.ms), {from, to} = this.view;
    if (place >= from && place <= to) return;
    const width = to - from;
    this.view.from = Math.max(0, place - width * 0.2);
    this.view.to = this.view.from + width;
  }

  #draw() {
    if (!this.colors) return;
    this.lanes.draw(this.view, this.cursor, this.colors);
    this.minimap.draw(this.view, this.cursor, this.colors);
  }

  #showAll() {
    this.#draw();
    this.#showTexts();
  }

  #showTexts() {
    this.isBehind = false;
    this.shownAt = performance.now();
    const {seq, ms} = this.cursor, {record} = this;
    this.controls.show(this, this.look);
    this.panels.show(this.state, ms);
    this.slider.value = seq;
    this.slider.setAttribute('aria-valuetext',
      `${clockText(ms, record.end)}, event ${seq} of ${record.last}`);
  }

  // Keeps the moment in the address, so that the link leads back to it.
  #remember() {
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => {
      const address = new URL(location.href);
      address.searchParams.set('seq', this.cursor.seq);
      history.replaceState(history.state, '', address);
    }, 200);
  }
}

const prefersStillness = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const themeColors = (host) => {
  const color = (name) => cssValue(host, '--st-' + name);
  const colors = {
    text: color('text-color'), ground: color('background-color'),
    soft: color('secondary-background-color'), line: color('border-color'), font: color('font'),
    grayText: color('gray-text-color'), redGround: color('red-background-color'),
  };
  for (const name of ['red', 'orange', 'blue', 'green', 'gray', 'violet']) {
    colors[name] = color(name + '-color');
  }
  colors.stripes = stripes(document.createElement('canvas').getContext('2d'), colors.orange);
  return colors;
};
