// A card for each role. Cards stay in the page; only what changed on them is drawn anew.

const STUCK_SECONDS = 20;
const RUNS = new Set(['running', 'waiting']);

const names = (words) => words.length < 2 ? words.join('')
  : words.slice(0, -1).join(', ') + ' and ' + words[words.length - 1];

const secondsBetween = (from, to) => (Date.parse(to) - Date.parse(from)) / 1000;

// What people and agents wrote; signs that turn the direction of writing end with it.
const quote = (text) => element('bdi', {}, text);

const ageText = (seconds) => {
  if (seconds < 2) return 'just now';
  if (seconds < 60) return Math.floor(seconds) + ' s ago';
  return seconds < 3600 ? Math.floor(seconds / 60) + ' min ago' : Math.floor(seconds / 3600) + ' h ago';
};

// view: what a card is drawn from: {task, sign, decisions, artifacts, outcome}; board: the whole.
const drawCard = (board, taskId, open) => {
  const {look} = board;
  const card = element('button', {type: 'button', on: {click: () => open(taskId)}});
  let drawn = '', view = null, elapsed = null, age = null, pill = null, short = null, isStuck = false;

  const stateOf = (task) => isStuck ? 'stuck' : task.status;
  const pillText = (task) => {
    if (task.status === 'ready' && board.isPaused()) return 'Held by the pause';
    if (task.status !== 'ready' || !task.error_code) return null;
    const left = (Date.parse(task.due_at) - board.now()) / 1000;
    return left > 0.5 ? `Tries again in ${Math.ceil(left)} s` : 'Tries again';
  };
  const noteOf = ({task, outcome}) => {
    if (task.status === 'blocked') {
      return task.after.length ? 'After ' + names(task.after.map(look.label)) : 'Held until the session is retried';
    }
    if (task.status === 'failed' || task.error_code) return task.error_message || task.error_code;
    if (task.status === 'completed') return outcome || task.note || '';
    return task.note || '';
  };
  const seconds = (task) => {
    if (!task.started_at || task.status === 'blocked' || task.status === 'ready') return null;
    const end = task.finished_at || (RUNS.has(task.status) ? null : task.started_at);
    return end ? secondsBetween(task.started_at, end)
      : (board.now() - Date.parse(task.started_at)) / 1000;
  };
  const bar = ({task, sign}) => {
    if (task.status !== 'running' || !sign || sign.fraction === null) return null;
    const percent = Math.round(Math.max(0, Math.min(1, sign.fraction)) * 100);
    return element('span', {
      className: 'bar', role: 'progressbar', 'aria-valuenow': percent, 'aria-valuemin': 0,
      'aria-valuemax': 100, 'aria-label': look.label(task.role) + ' progress',
    }, element('i', {style: `width:${percent}%`}));
  };

  const draw = () => {
    const {task, decisions, artifacts} = view;
    const name = look.label(task.role), state = stateOf(task);
    card.className = `card ${task.status} is-${look.state(state).color}`;
    card.setAttribute('aria-label', `${name}, ${look.state(state).label}. Open`);
    elapsed = element('span', {className: 'elapsed num'});
    age = task.status === 'running' ? element('span', {className: 'num'}) : null;
    pill = element('span', {className: 'pills'}, look.pill(state, pillText(task)));
    short = element('span', {className: 'short'}, look.pill(state, pillText(task)));
    card.replaceChildren(
      element('span', {className: 'edge texture-' + state}),
      element('span', {className: 'row head'}, look.tile(task.role),
        element('span', {className: 'name one-line grow'}, name),
        short, elapsed),
      element('span', {className: 'row second'}, pill,
        task.task_type && element('span', {className: 'small muted one-line'}, quote(task.task_type)),
        task.attempt > 1 && element('span', {className: 'small muted'},
          `try ${task.attempt} of ${Math.max(board.tries, task.attempt)}`)),
      element('span', {className: 'note two-lines' + (RUNS.has(task.status) || task.error_code ? '' : ' muted')},
        quote(noteOf(view))),
      bar(view) || '',
      element('span', {className: 'foot num'},
        age && element('span', {title: 'Last sign of life'}, icon('ecg_heart'), age),
        decisions > 0 && element('span', {title: 'Decisions'}, icon('gavel'), String(decisions)),
        artifacts > 0 && element('span', {title: 'Artifacts'}, icon('draft'), String(artifacts))));
  };
  const tick = () => {
    if (!view) return;
    const {task, sign} = view, seen = sign && sign.attempt === task.attempt ? sign.at : null;
    const silent = task.status === 'running'
      ? (Date.now() - Math.max(seen || 0, Date.parse(task.started_at) - board.ahead())) / 1000 : 0;
    if (silent > STUCK_SECONDS !== isStuck) {
      isStuck = !isStuck;
      draw();
    }
    const took = seconds(task);
    elapsed.textContent = took === null ? '' : duration(took);
    if (age) age.textContent = ageText(silent);
    if (task.status === 'ready' && task.error_code) {
      for (const place of [pill, short]) place.replaceChildren(look.pill('ready', pillText(task)));
    }
  };
  return {
    node: card,
    tick,
    update(next) {
      view = next;
      const key = JSON.stringify([{...next, sign: next.sign && next.sign.fraction}, board.theme(), board.isPaused()]);
      if (key !== drawn) {
        drawn = key;
        draw();
      }
      tick();
    },
  };
};

const stageWord = (statuses) => {
  if (statuses.every((s) => s === 'completed')) return ['Done', 'done'];
  if (statuses.some((s) => s === 'failed')) return ['Failed', 'failed'];
  if (statuses.every((s) => s === 'blocked')) return ['Later', ''];
  if (statuses.every((s) => s === 'cancelled' || s === 'completed')) return ['Stopped', ''];
  return ['Now', 'now'];
};
