// The way to the identity provider: a plain link, so that the browser goes there in this tab.
const target = () => {
  const here = new URL(location.href);
  here.searchParams.delete('refused');
  const wanted = here.searchParams.get('next') ?? here.pathname + here.search;
  return '/auth/oidc/start?' + new URLSearchParams({next: wanted});
};

export default function (component) {
  const place = component.parentElement.querySelector('.sage');
  const link = element('a', {className: 'provider', href: target()}, icon('key'), component.data.text);
  place.replaceChildren(link);
}
