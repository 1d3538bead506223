// The tab's one socket. It lives on `window.sageTab`, beyond reruns and page changes.
//
// subscribe(topic, handler): handler(model, message) at once when something is known, and whenever
//   a message comes; a session's model is {seq, state, events, signs, ended, ahead, missing}.
//   Returns what ends it.
// onStatus(handler): handler({name, count, until}) with name live, catching_up, offline or trouble.
//   Returns what ends it.
// draw(team): says whose team the page draws; the page leaves when its visitor loses that.

const SHORTEST_MS = 300, LONGEST_MS = 15000;
const QUIET_MS = 25000, PATIENCE_MS = 5000; // until a ping, and until its answer
const CATCHING_UP_MS = 1500; // so long it stays on screen, even when it took no time
const KEPT_EVENTS = 500;
const SIGNED_OUT = 4401;

// A browser that is just fetching another login id, or giving its own back, leaves by itself.
const leave = (go) => { if (!window.sageLeaving) go(); };
const leaveTeam = () => leave(() => location.replace('/'));
// The same page: the sign-in page stands before it, and leads back to it.
const signInAgain = () => leave(() => location.reload());

const makeTab = () => {
  const topics = new Map(); // name -> {handlers, model, timer}
  const listeners = new Set();
  let socket = null, wait = SHORTEST_MS, timer = null, heardAt = 0, pingAt = 0;
  let status = {name: 'offline', until: Date.now()};
  let troubles = [];
  let drawn = null; // the team of the page, also of one that watches nothing

  const say = (next) => {
    status = next;
    for (const listener of [...listeners]) listener(status);
  };
  const sayWhole = () => {
    if (socket && socket.readyState === WebSocket.OPEN) {
      say(troubles.length ? {name: 'trouble', parts: troubles} : {name: 'live'});
    }
  };
  const catchUp = (count) => {
    if (count <= 0) return;
    say({name: 'catching_up', count});
    setTimeout(() => { if (status.name === 'catching_up') sayWhole(); }, CATCHING_UP_MS);
  };
  const send = (message) => {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const ask = (name) => {
    const {model} = topics.get(name);
    if (model.ended) return;
    send({watch: [model.seq ? {topic: name, after: model.seq} : name]});
  };
  const tell = (topic, message) => {
    for (const handler of [...topic.handlers]) handler(topic.model, message);
  };

  const takeState = (model, message) => {
    const missed = model.seq ? message.seq - model.seq : 0;
    Object.assign(model, {
      seq: message.seq, state: message.state, events: message.events, ended: message.ended,
      ahead: Date.parse(message.now) - Date.now(), signs: {}, missing: false,
    });
    takeSigns(model, message.signs);
    catchUp(missed);
  };
  const takeSigns = (model, signs) => {
    for (const [taskId, sign] of Object.entries(signs)) {
      model.signs[taskId] = {...sign, at: Date.now() - sign.age * 1000};
    }
  };
  const takePatch = (name, model, message) => {
    if (message.seq <= model.seq) return false;
    if (message.seq !== model.seq + 1) {
      ask(name);
      return false;
    }
    model.seq = message.seq;
    model.state = mergePatch(model.state, message.patch);
    model.events = [...model.events.slice(1 - KEPT_EVENTS), message.event];
    return true;
  };

  const take = (message) => {
    if (message.kind === 'signed_out') return signInAgain();
    if (message.kind === 'access_revoked') {
      if (message.topics.length || drawn === message.team_id) leaveTeam();
      return undefined;
    }
    if (message.kind === 'trouble' && !message.topic) {
      troubles = message.parts;
      return sayWhole();
    }
    const topic = topics.get(message.topic);
    if (!topic) return undefined;
    const {model} = topic;
    if (message.kind === 'watching') {
      // A team watched anew may have changed while nobody heard it.
      if (model.isWatched) tell(topic, {...message, kind: 'changed'});
      model.isWatched = true;
      return undefined;
    }
    if (message.kind === 'state') takeState(model, message);
    else if (message.kind === 'patch') {
      if (!takePatch(message.topic, model, message)) return undefined;
    } else if (message.kind === 'progress') takeSigns(model, message.signs);
    else if (message.kind === 'catching_up') catchUp(message.catching_up);
    else if (message.kind === 'ended') model.ended = true;
    else if (message.kind === 'not_found') model.missing = true;
    else if (message.kind === 'trouble') setTimeout(() => topics.has(message.topic) && ask(message.topic), 2000);
    tell(topic, message);
    return undefined;
  };

  const connect = () => {
    clearTimeout(timer);
    const opened = new WebSocket(new URL('/tab', location.href).href.replace(/^http/, 'ws'));
    let hasOpened = false;
    socket = opened;
    opened.onopen = () => {
      hasOpened = true;
      heardAt = Date.now();
      pingAt = 0;
      sayWhole();
      if (drawn) send({team: drawn});
      for (const name of topics.keys()) ask(name);
    };
    opened.onmessage = ({data}) => {
      wait = SHORTEST_MS;
      heardAt = Date.now();
      pingAt = 0;
      take(JSON.parse(data));
    };
    opened.onclose = ({code}) => {
      if (opened !== socket) return;
      socket = null;
      if (code === SIGNED_OUT) signInAgain();
      else {
        // A browser tells a refused socket from an unreachable server by asking.
        if (!hasOpened) {
          fetch('/auth/me').then((answer) => { if (answer.status === 401) signInAgain(); }, () => {});
        }
        later();
      }
    };
  };
  const later = () => {
    const pause = wait * (0.75 + Math.random() / 2);
    wait = Math.min(wait * 2, LONGEST_MS);
    clearTimeout(timer);
    timer = setTimeout(connect, pause);
    say({name: 'offline', until: Date.now() + pause});
  };
  const drop = () => {
    const old = socket;
    socket = null;
    if (old) old.close();
    later();
  };
  const hurry = () => {
    wait = SHORTEST_MS;
    if (!socket) connect();
    else check(0);
  };
  // A connection that died without a word, as under a closed laptop, is found by a ping.
  const check = (quiet) => {
    if (!socket || socket.readyState !== WebSocket.OPEN) return;
    if (pingAt && Date.now() - pingAt > PATIENCE_MS) drop();
    else if (!pingAt && Date.now() - heardAt > quiet) {
      pingAt = Date.now();
      send({ping: 1});
      setTimeout(() => check(QUIET_MS), PATIENCE_MS + 100);
    }
  };
  setInterval(() => { if (!document.hidden) check(QUIET_MS); }, 5000);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) hurry(); });
  window.addEventListener('online', hurry);
  window.addEventListener('offline', drop);

  connect();
  return {
    subscribe(name, handler) {
      let topic = topics.get(name);
      if (!topic) {
        topic = {handlers: new Set(), model: {seq: 0, events: [], signs: {}}};
        topics.set(name, topic);
        ask(name);
      }
      clearTimeout(topic.timer);
      topic.handlers.add(handler);
      if (topic.model.seq || topic.model.missing) handler(topic.model, null);
      return () => {
        topic.handlers.delete(handler);
        // A component that is drawn anew comes back at once.
        topic.timer = setTimeout(() => {
          if (topic.handlers.size || topics.get(name) !== topic) return;
          topics.delete(name);
          send({unwatch: [name]});
        }, 1000);
      };
    },
    draw(team) {
      if (team === drawn) return;
      drawn = team;
      send({team});
    },
    onStatus(handler) {
      listeners.add(handler);
      handler(status);
      return () => listeners.delete(handler);
    },
  };
};

export default function ({data}) {
  const isNew = !window.sageTab;
  if (isNew) window.sageTab = makeTab();
  window.sageTab.draw(data.team);
  if (isNew) document.dispatchEvent(new Event('sage-tab'));
}
