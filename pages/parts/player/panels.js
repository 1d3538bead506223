// The state as of the cursor: roles, decisions in force, artifacts so far.

const MOST_ROWS = 100;

class Panels {
  #rows = new Map(); // rows of decisions and artifacts, made once

  constructor(place, record, look) {
    Object.assign(this, {record, look});
    this.roles = element('section', {'aria-label': 'Roles at this moment'});
    this.decisions = element('div', {});
    this.artifacts = element('div', {});
    place.replaceChildren(this.roles, this.decisions, this.artifacts);
    this.decisionList = this.#list('Decisions in force');
    this.artifactList = this.#list('Artifacts so far');
  }

  show(state, ms) {
    const {record} = this, when = clockText(ms, record.end);
    this.roles.replaceChildren(heading('Roles', 'as of ' + when),
      ...record.lanes.map((lane) => this.#role(lane, state.tasks?.[lane.task])));
    const inForce = Object.entries(state.decisions || {})
      .filter(([, decision]) => !decision.superseded_by).map(([id]) => id);
    const made = Object.keys(state.artifacts || {});
    this.#fill(this.decisions, this.decisionList, 'Decisions in force', inForce,
      (id) => this.#decision(id, state.decisions[id]), 'No decision yet at this moment.');
    this.#fill(this.artifacts, this.artifactList, 'Artifacts so far', made,
      (id) => this.#artifact(id, state.artifacts[id]), 'Nothing made yet at this moment.');
  }

  #list(label) {
    return element('div', {className: 'list', tabIndex: 0, role: 'region', 'aria-label': label});
  }

  #fill(section, list, title, ids, row, empty) {
    const latest = ids
      .sort((one, other) => this.#seqOf(other) - this.#seqOf(one)).slice(0, MOST_ROWS);
    const key = latest.join();
    if (list.shown === key && section.childElementCount) return;
    list.shown = key;
    const hidden = ids.length - latest.length;
    list.replaceChildren(
      ...latest.map((id) => this.#rows.get(id) || this.#kept(id, row(id))),
      hidden > 0 ? element('p', {className: 'muted small'}, `and ${hidden} before these`) : '',
      ids.length ? '' : element('p', {className: 'muted small'}, empty));
    section.replaceChildren(heading(title, String(ids.length)), list);
  }

  #kept(id, row) {
    this.#rows.set(id, row);
    return row;
  }

  #seqOf(ref) {
    return this.record.seqOfRef.get(ref) || 0;
  }

  #when(ref) {
    return clockText(this.record.timeOf(this.#seqOf(ref)), this.record.end);
  }

  #roleOf(taskId) {
    return this.record.lanes.find((lane) => lane.task === taskId)?.role;
  }

  #role(lane, task) {
    const status = task?.status || 'blocked', {look} = this;
    const said = task?.error_message || (['running', 'waiting'].includes(status) && task?.note);
    return element('div', {className: 'entry role'},
      look.tile(lane.role, 'small'),
      element('div', {className: 'grow'},
        element('div', {className: 'one-line'}, look.label(lane.role)),
        said && element('div', {className: 'small muted one-line', title: said}, said)),
      task?.attempt > 1 && element('span', {className: 'small muted'}, 'try ' + task.attempt),
      look.pill(status));
  }

  #decision(id, decision) {
    const {look} = this, known = this.record.decisions[id];
    const kind = decision.task_id ? 'Tactical' : 'Strategic';
    const confidence = known ? ` · ${known.confidence} confidence` : '';
    const role = known?.role || this.#roleOf(decision.task_id);
    return element('div', {className: 'entry decision'},
      role ? look.tile(role, 'small')
        : element('span', {className: 'tile small person', title: 'A person'}, icon('person')),
      element('div', {className: 'grow'},
        element('div', {className: 'said'}, known ? known.text : decision.category),
        element('div', {className: 'small muted num'}, `${kind}${confidence} · ${this.#when(id)}`)));
  }

  #artifact(id, taskId) {
    const known = this.record.artifacts[id] || {title: 'Artifact'};
    return element('div', {className: 'entry'},
      this.look.tile(this.#roleOf(taskId), 'small'),
      element('span', {className: 'grow one-line', title: known.title}, known.title),
      verdictPill(known));
  }
}

const heading = (text, more) =>
  element('h2', {}, text, element('span', {className: 'muted small num'}, more));

const VERDICTS = {
  failed: () => ['red', 'dangerous', 'invalid'],
  passed: (messages) => (messages
    ? ['orange', 'warning', messages === 1 ? '1 warning' : messages + ' warnings']
    : ['green', 'check', 'valid']),
};

const verdictPill = ({verdict, messages}) => {
  if (!VERDICTS[verdict]) return element('span', {className: 'small muted'}, 'not checked');
  const [color, sign, word] = VERDICTS[verdict](messages);
  return element('span', {className: 'pill is-' + color}, icon(sign), word);
};
