// The live view: lanes of cards, events and decisions, kept up to date over the tab's socket.
// It draws what the server folded; a rerun is asked for only when the session's head has changed,
// or what a task came to. Decisions come with their events.

const JOURNAL_MS = 8; // the head's change, which brings the journal, may come right behind
const AGAIN_MS = 2000; // after so long a rerun that was asked for counts as lost

const chipText = (status, model, isFollowed) => {
  if (!isFollowed) return ['Ended', 'ended'];
  if (status.name === 'catching_up') {
    return [`Catching up, ${status.count} ${status.count === 1 ? 'event' : 'events'}`, 'busy'];
  }
  if (status.name === 'offline') {
    const seconds = Math.max(1, Math.ceil((status.until - Date.now()) / 1000));
    return [`Offline, trying again in ${seconds} s`, 'away'];
  }
  if (model.ended || (model.state && model.state.status === 'failed')) return ['Ended', 'ended'];
  if (status.name === 'trouble') {
    const part = status.parts.includes('database') ? 'the database does' : 'live news do';
    return [part === 'live news do' ? 'Live, a little slower' : `Waiting: ${part} not answer`, 'busy'];
  }
  return ['Live', 'live'];
};

// The tasks of a session without pipeline, those of one role beside each other.
const byRole = (tasks) => {
  const lanes = new Map();
  for (const [id, task] of Object.entries(tasks)) {
    if (!lanes.has(task.role)) lanes.set(task.role, []);
    lanes.get(task.role).push(id);
  }
  return [...lanes.values()];
};

const makeBoard = (root, component) => {
  const board = {look: null, data: null, known: [], model: {seq: 0, events: [], signs: {}}, tries: 1};
  let status = {name: 'live'}, asked = {}, asking = null, timer = null;
  const state = () => board.model.state || board.data.state;
  Object.assign(board, {
    ahead: () => board.model.ahead || 0,
    now: () => Date.now() + board.ahead(),
    theme: () => board.data.theme,
    isPaused: () => state().status === 'paused',
    startedAt: () => Date.parse(state().started_at || board.data.state.started_at),
    isGone: () => !board.data.topic,
    events: () => board.model.events,
    decisions: () => board.known,
    decision: (id) => id && board.known.find((one) => one.id === id),
    roleOf: (event) => {
      const task = event.task_id && state().tasks[event.task_id];
      const decision = board.decision(event.decision_id);
      return task ? task.role : decision && decision.role;
    },
    taskOf: (decision) => decision.task_id
      || Object.keys(state().tasks).find((id) => state().tasks[id].role === decision.role),
  });
  const open = (taskId) => taskId && component.setTriggerValue('open', taskId);
  const cards = new Map();
  const lanes = () => board.data.stages || byRole(state().tasks);
  const stages = element('div', {className: 'stages'});
  const strips = element('div', {});
  const count = element('span', {className: 'small'});
  const segments = element('div', {className: 'segments', role: 'img'});
  const word = element('span', {role: 'status'}), at = element('span', {className: 'num', 'aria-hidden': 'true'});
  const dot = element('span', {className: 'dot'});
  const chip = element('span', {className: 'chip'}, dot, word, at);
  const feed = drawFeed(board), decided = drawDecisions(board, open);
  root.replaceChildren(strips, element('div', {className: 'top'}, count, segments, chip), stages,
    element('div', {className: 'lower'}, feed.node, decided.node));

  const drawStrips = () => {
    const {look} = board, {tasks, status: sessionStatus} = state();
    const strip = (color, name, ...text) => element('div', {className: `strip is-${color}`, role: 'note'},
      icon(name), element('div', {className: 'grow'}, ...text));
    const shown = [];
    for (const task of Object.values(tasks)) {
      const label = element('b', {}, look.label(task.role));
      if (task.status === 'waiting') {
        const whom = (task.approver_role || 'person').replaceAll('_', ' ');
        const waits = strip('orange', 'front_hand', label, /^[aeiou]/.test(whom) ? ' waits for an ' : ' waits for a ', quote(whom), '. ', quote(task.note || ''));
        waits.append(element('button', {type: 'button', className: 'answer',
          on: {click: () => component.setTriggerValue('answer', task.role)}}, 'Answer', icon('chevron_right')));
        shown.push(waits);
      } else if (task.status === 'failed') {
        shown.push(strip('red', 'dangerous', label, ' failed: ', quote(task.error_message || task.error_code || ''),
          sessionStatus === 'failed' ? element('span', {className: 'muted'}, ' Finished work is kept; Retry goes on from here.') : ''));
      }
    }
    if (sessionStatus === 'paused') {
      shown.push(strip('yellow', 'pause_circle', element('b', {}, 'Paused. '), 'Roles at work finish, nothing new starts.'));
    }
    strips.replaceChildren(...shown);
  };
  const drawTop = () => {
    const {look} = board, {tasks} = state(), all = lanes().flat().map((id) => tasks[id]);
    const what = board.data.stages ? 'roles' : all.length === 1 ? 'task' : 'tasks';
    const done = all.filter((task) => task.status === 'completed').length;
    count.replaceChildren(element('b', {}, `${done} of ${all.length}`), ` ${what} done`);
    segments.setAttribute('aria-label', `${done} of ${all.length} ${what} done`);
    segments.replaceChildren(...all.map((task) => element('i', {
      title: `${look.label(task.role)}: ${look.state(task.status).label}`,
      className: `${task.status} is-${look.state(task.status).color}`,
    }, element('b', {className: 'texture-' + task.status}))));
  };
  const drawChip = () => {
    const [text, name] = chipText(status, board.model, !board.isGone());
    if (word.textContent !== text) word.textContent = text;
    at.textContent = board.model.seq && name !== 'away' ? `· event ${board.model.seq}` : '';
    dot.className = 'dot ' + name;
  };
  const drawStages = () => {
    const shown = lanes(), isPipeline = Boolean(board.data.stages);
    const key = JSON.stringify(shown);
    if (stages.dataset.key !== key) {
      stages.dataset.key = key;
      stages.style.setProperty('--n', shown.length);
      stages.classList.toggle('by-role', !isPipeline);
      stages.replaceChildren(...shown.map((ids) => {
        ids.forEach((id) => cards.has(id) || cards.set(id, drawCard(board, id, open)));
        return element('section', {className: 'stage'}, element('div', {className: 'stage-head'}),
          element('div', {className: 'cards'}, ids.map((id) => cards.get(id).node)));
      }));
    }
    const {tasks} = state();
    shown.forEach((ids, place) => {
      const [text, name] = stageWord(ids.map((id) => tasks[id].status));
      const stage = stages.children[place];
      stage.className = 'stage ' + name;
      const role = isPipeline ? '' : board.look.label(tasks[ids[0]].role);
      stage.setAttribute('aria-label', `${role || `Stage ${place + 1}`}: ${text}`);
      const number = isPipeline ? place + 1 : ids.length;
      stage.firstChild.replaceChildren(
        element('span', {className: 'number'}, name === 'done' ? icon('check') : String(number)),
        element('h2', {}, role || text));
    });
  };
  const drawCards = () => {
    const {tasks, decisions, artifacts} = state();
    const decisionsOf = {}, artifactsOf = {}, decided = {};
    for (const one of board.known) {
      const owner = board.taskOf(one);
      if (!(owner in decided)) decided[owner] = one.text;
    }
    for (const [id, one] of Object.entries(decisions || {})) {
      const known = board.decision(id);
      const owner = one.task_id || (known && board.taskOf(known));
      decisionsOf[owner] = (decisionsOf[owner] || 0) + 1;
    }
    for (const owner of Object.values(artifacts || {})) artifactsOf[owner] = (artifactsOf[owner] || 0) + 1;
    for (const [id, card] of cards) {
      if (!tasks[id]) continue; // it was routed after what the socket has told so far
      card.update({
        task: tasks[id], sign: board.model.signs[id], outcome: decided[id] || board.data.made[id],
        decisions: decisionsOf[id] || 0, artifacts: artifactsOf[id] || 0,
      });
    }
  };
  // Ask for a rerun when the page's own texts are older than the state.
  const compare = () => {
    const {status: now, outcome, decisions, artifacts} = state();
    const head = [now, outcome].join(), journal = [decisions, artifacts].map((all) => Object.keys(all || {}).length).join();
    const isLost = Date.now() - asked.headAt > AGAIN_MS; // another rerun came between
    clearTimeout(asking);
    if (head !== board.data.head && (head !== asked.head || isLost)) {
      Object.assign(asked, {head, journal, headAt: Date.now()}); // it brings both
      component.setTriggerValue('status', head);
    } else if (journal !== board.data.journal && journal !== asked.journal) {
      asking = setTimeout(() => {
        asked.journal = journal;
        component.setTriggerValue('journal', journal);
      }, JOURNAL_MS);
    }
  };
  // The page's decisions, and those that came since: their events carry them.
  const know = () => {
    const ids = new Set(board.data.decisions.map((one) => one.id));
    const fresh = board.events().map((event) => event.decision).filter((one) => one && !ids.has(one.id));
    const folded = (board.model.state && board.model.state.decisions) || {};
    board.known = [...board.data.decisions, ...fresh].map((one) => (
      folded[one.id] && folded[one.id].superseded_by ? {...one, superseded: true} : one));
  };
  const draw = () => {
    know();
    drawStages();
    drawCards();
    drawTop();
    drawStrips();
    drawChip();
    feed.update();
    decided.update();
    if (board.model.state) compare();
  };
  // The events of one transaction come one after another, and are drawn as one change.
  const drawSoon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      draw();
    }, 0);
  };
  const stopDrawing = () => {
    clearTimeout(asking);
    clearTimeout(timer);
    timer = null;
  };
  const tick = () => {
    if (document.hidden) return;
    for (const card of cards.values()) card.tick();
    drawChip();
    if (board.model.state) compare();
  };
  const ends = [];
  return {
    show(data, look, next) {
      component = next;
      Object.assign(board, {data, look, tries: data.tries});
      draw();
    },
    follow(topic) {
      const ticking = setInterval(tick, 500);
      ends.push(() => clearInterval(ticking), stopDrawing);
      if (!topic) return;
      ends.push(watchTopic(topic, (model, message) => {
        board.model = model;
        if (!model.state) return;
        if (message && message.kind === 'progress') drawCards();
        else drawSoon();
      }, (next) => {
        status = next;
        drawChip();
      }));
    },
    end: () => ends.splice(0).forEach((end) => end()),
  };
};

export default function (component) {
  const {data, parentElement} = component;
  const root = parentElement.querySelector('.sage');
  const look = looks(parentElement, data.words);
  data.theme = cssValue(look.host, '--st-background-color');
  if (root.live && root.live.session !== data.session) {
    root.live.board.end();
    root.live = null;
  }
  if (!root.live) root.live = {session: data.session, board: makeBoard(root, component)};
  root.live.board.show(data, look, component);
  root.live.board.end();
  root.live.board.follow(data.topic);
  return () => root.live && root.live.board.end();
}
