// The events as they come, newest first, and the decisions so far.

const BOOKKEEPING = new Set(['task_ready', 'snapshot_recorded']); // the replay shows them
const FILTERS = {
  All: () => true,
  Decisions: ({type}) => type.startsWith('decision_'),
  Problems: ({type}) => PROBLEMS[type] !== undefined,
};
const PROBLEMS = {
  task_retry_scheduled: 'orange', task_lease_lost: 'orange', task_waiting: 'orange',
  approval_requested: 'orange', task_failed: 'red', session_failed: 'red', session_cancelled: 'gray',
};
const TONES = {...PROBLEMS, task_completed: 'green', session_completed: 'green'};
const ICONS = {
  session_launched: 'flag', session_activated: 'flag', session_changed: 'edit', task_routed: 'alt_route',
  session_paused: 'pause', session_resumed: 'play_arrow',
  session_completed: 'flag', session_failed: 'dangerous', session_cancelled: 'block',
  session_expired: 'timer_off', session_retried: 'replay', task_started: 'play_arrow',
  task_note: 'notes', task_retry_scheduled: 'replay', task_lease_lost: 'heart_broken',
  task_waiting: 'front_hand', task_completed: 'check_circle', task_failed: 'dangerous',
  task_cancelled: 'block', decision_recorded: 'gavel', decision_superseded: 'gavel',
  artifact_recorded: 'draft', approval_requested: 'front_hand', approval_decided: 'done_all',
};
const SHOWN_EVENTS = 200;

// 0:07, 2:40, 1:02:03 since the session's start.
const sinceStart = (seconds) => {
  const s = Math.max(0, Math.floor(seconds)), two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(s / 60) % 60, hours = Math.floor(s / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
};

const drawFeed = (board) => {
  let filter = 'All', unfolded = false, drawn = '';
  const list = element('ol', {className: 'feed', tabIndex: 0, 'aria-label': 'Events, newest first'});
  const more = element('button', {type: 'button', className: 'button more', on: {click: () => {
    unfolded = !unfolded;
    fill();
  }}});
  const choices = Object.keys(FILTERS).map((name) => element('button', {
    type: 'button', className: 'button', on: {click: () => {
      filter = name;
      fill();
    }},
  }, name));
  const text = (event) => {
    const decision = board.decision(event.decision_id);
    return event.type === 'decision_recorded' && decision ? 'Decided: ' + decision.text : event.label;
  };
  const row = (event) => {
    const {look} = board;
    const role = board.roleOf(event);
    const tone = TONES[event.type];
    return element('li', {className: `event ${event.type}`, 'data-seq': event.seq},
      element('span', {className: 'muted num', title: new Date(event.at).toLocaleString()},
        sinceStart((Date.parse(event.at) - board.startedAt()) / 1000)),
      role ? look.tile(role, 'small') : element('span', {}),
      element('span', {className: tone ? 'tone is-' + tone : 'muted'}, icon(ICONS[event.type] || 'circle')),
      element('span', {className: 'said'},
        element('span', {className: 'unseen'}, role ? look.label(role) + ': ' : 'Session: '), quote(text(event))));
  };
  const fill = () => {
    const shown = board.events().filter((e) => !BOOKKEEPING.has(e.type) && FILTERS[filter](e))
      .slice(-SHOWN_EVENTS).reverse();
    const rows = shown.map(row);
    if (!rows.length) {
      rows.push(element('li', {className: 'event none muted'},
        board.isGone() ? 'The events were removed.' : filter === 'All' ? 'Nothing has happened yet.' : `No ${filter.toLowerCase()} so far.`));
    }
    if (board.events().length && board.events()[0].seq > 1) {
      rows.push(element('li', {className: 'event none muted'}, 'What came before stands in the replay.'));
    }
    list.replaceChildren(...rows);
    list.classList.toggle('unfolded', unfolded);
    more.hidden = shown.length <= 8;
    more.textContent = unfolded ? 'Show fewer' : 'Show all events';
    choices.forEach((choice) => choice.setAttribute('aria-pressed', choice.textContent === filter));
  };
  return {
    node: element('section', {'aria-label': 'Events'},
      element('div', {className: 'over'}, element('h2', {}, 'Events'), choices), list, more),
    update() {
      const last = board.events().at(-1);
      const key = JSON.stringify([last && last.seq, board.decisions().length, board.theme()]);
      if (key === drawn) return;
      drawn = key;
      fill();
    },
  };
};

const drawDecisions = (board, open) => {
  const list = element('div', {className: 'decided'});
  const count = element('span', {className: 'muted small num'});
  let drawn = '';
  return {
    node: element('section', {'aria-label': 'Decisions so far'},
      element('div', {className: 'over'}, element('h2', {}, 'Decisions so far'), count), list),
    update() {
      const {look} = board, found = [...board.decisions()].reverse();
      const key = JSON.stringify([found.map((one) => [one.id, one.superseded]), board.startedAt(), board.theme()]);
      if (key === drawn) return;
      drawn = key;
      count.textContent = String(found.length);
      list.replaceChildren(...found.map((one) => element('button', {
        type: 'button', className: 'decision' + (one.superseded ? ' superseded' : ''),
        on: {click: () => open(board.taskOf(one))},
      },
      one.role ? look.tile(one.role, 'small') : element('span', {className: 'muted'}, icon('person')),
      element('span', {className: 'what'}, quote(one.text)),
      element('span', {className: 'facts small muted'}, [
        one.superseded ? 'Superseded' : one.kind, `${one.confidence} confidence`,
        sinceStart((Date.parse(one.at) - board.startedAt()) / 1000),
      ].join(' · ')))));
      if (!found.length) {
        list.append(element('p', {className: 'muted small none'},
          'None yet. What the roles decide appears here, with the reasons behind it.'));
      }
    },
  };
};
