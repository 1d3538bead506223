// The record of a session: its events in columns, and the state after any of them.
// A state is the nearest checkpoint with the merge patches after it; nothing is computed here.

class SessionRecord {
  #stretches;
  #opened = new Map(); // stretches whose JSON was read, the latest last
  #held = null; // the state asked for last, and its seq

  constructor(packed) {
    const {moments, lanes, stretches, ...rest} = packed;
    Object.assign(this, rest); // end, runs, decisions, artifacts, words
    this.#stretches = stretches;
    this.at = moments.at;
    this.last = moments.at.length;
    this.columns = moments;
    this.lanes = lanes.map((lane, place) => ({...lane, place, marks: []}));
    this.marks = Object.entries(moments.mark)
      .map(([seq, kind]) => ({seq: +seq, kind, at: this.timeOf(+seq), lane: moments.task[seq - 1]}))
      .sort((one, other) => one.seq - other.seq);
    for (const mark of this.marks) this.lanes[mark.lane]?.marks.push(mark);
    this.seqOfRef = new Map(Object.entries(moments.ref).map(([seq, ref]) => [ref, +seq]));
  }

  timeOf(seq) {
    return seq > 0 ? this.at[Math.min(seq, this.last) - 1] : 0;
  }

  // How many events had happened by a time.
  seqAt(ms) {
    return countWhile(this.at, (at) => at <= ms);
  }

  moment(seq) {
    const {type, types, task, label, labels, ref} = this.columns;
    const lane = this.lanes[task[seq - 1]];
    const decision = this.decisions[ref[seq]];
    return {
      seq,
      at: this.timeOf(seq),
      type: types[type[seq - 1]],
      role: lane ? lane.role : decision?.role,
      label: decision ? 'Decided: ' + decision.text : labels[label[seq - 1]],
    };
  }

  // The next mark of a kind after seq, or with step -1 the one before; undefined without one.
  markBeside(kind, seq, step) {
    const of = this.marks.filter((mark) => mark.kind === kind);
    return step > 0 ? of.find((mark) => mark.seq > seq) : of.findLast((mark) => mark.seq < seq);
  }

  stateAt(seq) {
    const place = countWhile(this.#stretches, (one) => one.after <= seq) - 1;
    const {after, state, patches} = this.#open(place);
    const held = this.#held;
    const from = held && held.seq >= after && held.seq <= seq ? held : {seq: after, state};
    const found = patches.slice(from.seq - after, seq - after).reduce(mergePatch, from.state);
    this.#held = {seq, state: found};
    return found;
  }

  #open(place) {
    const known = this.#opened.get(place);
    if (known) return known;
    const {after, state, patches} = this.#stretches[place];
    const opened = {after, state: JSON.parse(state), patches: JSON.parse(patches)};
    if (this.#opened.size >= 8) this.#opened.delete(this.#opened.keys().next().value);
    this.#opened.set(place, opened);
    return opened;
  }
}

// How many of the first items hold; those that do not come after all that do.
const countWhile = (items, holds) => {
  let low = 0, high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
};
