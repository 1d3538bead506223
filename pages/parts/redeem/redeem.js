// What a script cannot do itself: the two requests that set or clear the cookie, and a reload.
const post = (path, body) => fetch(path, {
  method: 'POST',
  credentials: 'same-origin',
  headers: {'Content-Type': 'application/json'},
  body: JSON.stringify(body),
}).then((answer) => (answer.ok ? answer.json().catch(() => ({})) : Promise.reject(answer.status)));

// A link that needed a login led here with where it wanted to go.
const wanted = () => new URLSearchParams(location.search).get('next')
  ?? location.pathname + location.search;

export default function (component) {
  const {ticket, sign_out: signOut, again} = component.data;
  const failed = (reason) => {
    window.sageLeaving = false;
    component.setTriggerValue('failed', String(reason));
  };
  if (again) {
    location.reload();
  } else if (signOut) {
    window.sageLeaving = true;
    post('/auth/sign-out', {}).then(() => location.replace('/')).catch(failed);
  } else if (ticket && window.sageTicket !== ticket) {
    window.sageTicket = ticket;
    window.sageLeaving = true;
    post('/auth/redeem', {ticket, next: wanted()})
      .then((answer) => location.replace(answer.next))
      .catch(failed);
  }
}
