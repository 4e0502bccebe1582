"use strict";

// The data of the events that have come, and who waits for which.
const seen = [];
let waiting = [];

// follow follows an event stream for as long as the page is open.
function follow(url) {
  const source = new EventSource(url);
  const note = (data) => {
    seen.push(data);
    waiting = waiting.filter((wait) => wait.data !== data || wait.resolve());
  };
  source.onmessage = (event) => note(event.data);
  source.addEventListener("gap", (event) => note("gap: " + event.data));
}

// reached settles when an event with this data has come.
function reached(data) {
  return new Promise((resolve) => {
    if (seen.includes(data)) {
      resolve();
    } else {
      waiting.push({ data, resolve });
    }
  });
}

// talk sends messages without waiting for any answer, and settles with what it has seen
// when the server has closed the WebSocket.
function talk(url, messages) {
  return new Promise((resolve) => {
    const got = [];
    const socket = new WebSocket(url);
    socket.onopen = () => messages.forEach((message) => socket.send(message));
    socket.onmessage = (event) => got.push(event.data);
    socket.onclose = (event) =>
      resolve({ got, code: event.code, reason: event.reason, extensions: socket.extensions });
  });
}
