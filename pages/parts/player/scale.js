// Times on the axis: as they were, or with the waiting made short; and how they read.

const GAP_PART = 15; // a quiet stretch is waiting when it takes this part of the lively time
const SHORT_PART = 25; // and made short it takes this part

class Scale {
  constructor(record, isShort) {
    this.isShort = isShort;
    const {gaps, lively} = isShort ? findWaiting(record) : {gaps: [], lively: record.end};
    const shortened = lively / SHORT_PART;
    this.gaps = gaps;
    // Knots of a broken line from times to places on the axis, both rising.
    this.times = [0];
    this.places = [0];
    for (const [from, to] of this.gaps) {
      this.#knot(from, this.#lastPlace() + (from - this.#lastTime()));
      this.#knot(to, this.#lastPlace() + shortened);
    }
    this.#knot(record.end, this.#lastPlace() + (record.end - this.#lastTime()));
    this.end = this.#lastPlace() || 1;
  }

  place(ms) {
    return alongLine(this.times, this.places, ms);
  }

  time(place) {
    return alongLine(this.places, this.times, place);
  }

  #lastTime() { return this.times.at(-1); }

  #lastPlace() { return this.places.at(-1); }

  #knot(time, place) {
    if (time === this.#lastTime()) return;
    this.times.push(time);
    this.places.push(place);
  }
}

// The stretches without an event that are long beside the time that is left without them.
const findWaiting = (record) => {
  const times = [...record.at, record.end], gaps = [];
  const stretches = times.slice(1).map((to, index) => [times[index], to]);
  let lively = record.end;
  for (const [from, to] of stretches.sort((one, other) => (other[1] - other[0]) - (one[1] - one[0]))) {
    if (to - from <= lively / GAP_PART) break;
    gaps.push([from, to]);
    lively -= to - from;
  }
  // Where every stretch would be waiting, none is: nothing would be left to show it beside.
  if (lively <= 0) return {gaps: [], lively: record.end};
  return {gaps: gaps.sort((one, other) => one[0] - other[0]), lively};
};

const alongLine = (from, to, value) => {
  const index = Math.min(from.length - 1, Math.max(1, countWhile(from, (one) => one <= value)));
  if (from.length < 2) return value;
  const width = from[index] - from[index - 1];
  const part = width > 0 ? (value - from[index - 1]) / width : 0;
  return to[index - 1] + part * (to[index] - to[index - 1]);
};

const TICKS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5,
  18e5, 36e5, 72e5, 144e5, 432e5, 864e5, 1728e5, 6048e5,
];

// The distance of ticks that gives at most `most` of them.
const tickStep = (span, most) => TICKS.find((step) => span / step <= most) || TICKS.at(-1);

// 2:47, 1:02:47, 3 d 02:10; below a minute in seconds, as exact as the `grain` (ms) asks for.
const clockText = (ms, whole, grain = whole / 100) => {
  const two = (n) => String(Math.floor(n)).padStart(2, '0');
  const s = ms / 1000;
  if (whole < 6e4) {
    const digits = grain >= 1000 ? 0 : grain >= 100 ? 1 : grain >= 10 ? 2 : 3;
    return s.toFixed(Math.min(digits, whole < 1e3 ? 3 : whole < 1e4 ? 2 : 1)) + ' s';
  }
  if (s < 3600) return Math.floor(s / 60) + ':' + two(s % 60);
  if (s < 86400) return Math.floor(s / 3600) + ':' + two((s % 3600) / 60) + ':' + two(s % 60);
  return Math.floor(s / 86400) + ' d ' + two((s % 86400) / 3600) + ':' + two((s % 3600) / 60);
};
