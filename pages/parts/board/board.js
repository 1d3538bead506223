// The board: five columns of cards. A card says why it stands there; opening it is Python's part.

const segments = (card, words) => {
  const done = card.states.filter((state) => state === 'completed').length;
  return element('span', {
    className: 'segments',
    role: 'img',
    'aria-label': `${done} of ${card.states.length} roles done`,
  }, card.states.map((state) => element('i', {className: 'is-' + words.states[state].color},
    element('b', {className: 'texture-' + state}))));
};

const drawCard = (card, column, words, open) => element('button', {
  type: 'button',
  className: 'card',
  on: {click: () => open(card.id)},
},
element('span', {className: 'name two-lines'}, card.name),
element('span', {className: 'reason three-lines'}, card.reason),
element('span', {className: 'foot num'},
  segments(card, words),
  element('span', {}, card.when),
  card.act ? element('span', {className: 'act'}, card.act, icon('chevron_right')) : null));

const drawColumn = (column, words, open) => element('section', {
  className: `column is-${column.color} ${column.key} ${column.cards.length ? '' : 'is-empty'}`,
  'aria-label': column.title,
},
element('h2', {},
  icon(column.icon, column.key === 'working' && column.cards.length ? 'spin' : ''),
  column.title,
  element('span', {className: 'number num'}, String(column.total))),
column.cards.length
  ? column.cards.map((card) => drawCard(card, column, words, open))
  : element('p', {className: 'none'}, column.none),
column.total > column.cards.length
  ? element('p', {className: 'none'}, `and ${column.total - column.cards.length} more`)
  : null);

const GATHER_MS = 300; // changes in this time are one rerun

export default function (component) {
  const {data, parentElement, setTriggerValue} = component;
  const root = parentElement.querySelector('.sage');
  const focused = root.getRootNode().activeElement?.dataset?.id;
  const open = (id) => setTriggerValue('open', id);
  root.replaceChildren(element('div', {className: 'columns'},
    data.columns.map((column) => drawColumn(column, data.words, open))));
  root.querySelectorAll('.card').forEach((card, at) => {
    card.dataset.id = data.columns.flatMap((column) => column.cards)[at].id;
    if (card.dataset.id === focused) card.focus();
  });
  let timer = null;
  const end = watchTopic(data.topic, (model, message) => {
    if (!message || message.kind !== 'changed' || timer) return;
    timer = setTimeout(() => {
      timer = null; // with the same data this function is not run again
      setTriggerValue('moved', Date.now());
    }, GATHER_MS);
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}
