"""Each operation of the API as a function that returns its call; both clients send them."""
