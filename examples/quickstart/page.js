"use strict";

const $ = (id) => document.getElementById(id);
const page = document.body.dataset;

// element makes an element with a class and a text.
function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

// say shows an outcome, which screen readers announce.
function say(id, text, mood) {
  $(id).className = "out " + (mood || "");
  $(id).textContent = text;
}

// --- which connection served what ---

const connections = new Map(); // ID to the list of its chips

// record notes a request: kind is "", "raw" or "refused".
function record(connection, served, name, kind) {
  if (!connection) return;
  let chips = connections.get(connection);
  if (!chips) {
    chips = element("ol", "chips");
    const item = element("li");
    item.append(element("h3", "", "Connection " + connection), chips);
    $("connections").prepend(item);
    connections.set(connection, chips);
  }
  chips.append(element("li", kind, served + " " + name));
}

function showNow(connection, served, what) {
  $("now").textContent = `Connection ${connection}, request ${served}`;
  $("last").textContent = what;
}

// ask sends a request and shows which connection brought it. It returns the response,
// its text, and a sentence that says where it was served.
async function ask(name, kind, path, options = {}) {
  const response = await fetch(path, { cache: "no-store", ...options });
  const text = await response.text();
  const connection = response.headers.get("X-Connection");
  const served = response.headers.get("X-Served");
  const [, took] = /dur=([\d.]+)/.exec(response.headers.get("Server-Timing")) || [];
  record(connection, served, name, response.ok ? kind : "refused");
  showNow(connection, served, `${options.method || "GET"} ${path}: ${response.status}` + (took ? `, ${took} ms` : ""));
  return { response, text, where: `Request ${served} on connection ${connection}.` };
}

// press has a button run an action; what goes wrong is shown in the output.
function press(id, out, action) {
  $(id).addEventListener("click", () => attempt(out, action));
}

async function attempt(out, action) {
  try {
    await action();
  } catch (err) {
    say(out, "No answer: is the service still running? (" + err.message + ")", "bad");
  }
}

// --- ordinary handlers ---

const reason = (text) => JSON.parse(text).error;

async function list() {
  const { text, where } = await ask("list", "", "/api/notes");
  const notes = JSON.parse(text);
  $("notes").replaceChildren(...notes.map((note) => {
    const item = element("li");
    const button = element("button", "plain", "Delete");
    button.setAttribute("aria-label", "Delete note: " + note.text);
    button.addEventListener("click", () => attempt("notes-out", () => remove(note)));
    item.append(element("span", "", note.text), button);
    return item;
  }));
  return (notes.length === 1 ? "1 note. " : notes.length + " notes. ") + where;
}

async function remove(note) {
  const { response, text } = await ask("delete", "", "/api/notes/" + note.id, { method: "DELETE" });
  const count = await list();
  $("text").focus();
  if (response.ok) say("notes-out", `Deleted “${note.text}”. ${count}`, "good");
  else say("notes-out", reason(text), "bad");
}

async function create() {
  const body = JSON.stringify({ text: $("text").value });
  const { response, text } = await ask("create", "", "/api/notes", { method: "POST", body });
  if (!response.ok) return say("notes-out", reason(text), "bad");
  $("text").value = "";
  say("notes-out", `Created “${JSON.parse(text).text}”. ${await list()}`, "good");
}

$("create").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt("notes-out", create);
});
press("list", "notes-out", async () => say("notes-out", await list(), "good"));

// --- a request hook decides ---

async function knock(headers) {
  const { response, text, where } = await ask("private", "", "/private", { headers });
  if (response.ok) say("private-out", `${response.status}: the handler greets ${JSON.parse(text).user}.\n${where}`, "good");
  else say("private-out", `${response.status} from the hook: ${reason(text)}.\n${where}`, "bad");
}
press("with-token", "private-out", () => knock({ Authorization: "Bearer " + page.token }));
press("without-token", "private-out", () => knock({}));

// --- the raw connection ---

press("frames", "frames-out", async () => {
  const { text, where } = await ask("frames", "raw", "/frames");
  say("frames-out", text + where, "good");
});

async function askLoop(times) {
  const lines = [];
  for (let i = 0; i < times; i++) {
    const { text } = await ask("loop", "raw", "/loop");
    const answer = JSON.parse(text);
    lines.push(`Round ${answer.round} of ${answer.rounds}: request ${answer.served} on connection ${answer.connection}`);
  }
  say("loop-out", lines.join("\n"), "good");
}
press("loop", "loop-out", () => askLoop(Number(page.rounds)));
press("once", "loop-out", () => askLoop(1));

// --- a panic ---

press("panic", "panic-out", async () => {
  const { response, text, where } = await ask("panic", "", "/panic");
  const answer = JSON.parse(text);
  say("panic-out", `${response.status}: ${answer.error}.\nIncident ${answer.incident}\n${where}`, "bad");
});

// --- events ---

let source = null;
let seen = 0;

// prepend puts a line on top of a list, which keeps the latest six.
function prepend(id, text) {
  const time = new Date().toLocaleTimeString([], { hour12: false });
  $(id).prepend(element("li", "", `${time}  ${text}`));
  while ($(id).childElementCount > 6) $(id).lastChild.remove();
}

function stopEvents() {
  source.close();
  source = null;
  $("events").textContent = "Start stream";
  $("events").setAttribute("aria-pressed", "false");
  say("events-out", `Stopped. ${seen === 1 ? "1 event" : seen + " events"} arrived.`);
}

function startEvents() {
  seen = 0;
  let known = null; // the connection of the latest event
  source = new EventSource("/events");
  $("events").textContent = "Stop stream";
  $("events").setAttribute("aria-pressed", "true");
  $("events-list").replaceChildren();
  say("events-out", "Listening.", "good");
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    seen++;
    if (event.connection !== known) {
      known = event.connection;
      record(String(event.connection), event.served, "events", "raw");
      showNow(event.connection, event.served, "GET /events: open");
      say("events-out", `Listening on connection ${event.connection}.`, "good");
    }
    prepend("events-list", `event ${event.event}`);
  };
  source.onerror = () => {
    known = null;
    if (source.readyState === EventSource.CLOSED) stopEvents(); // refused: the browser has given up
    else say("events-out", "The stream has ended. The browser is trying again.", "bad");
  };
}

$("events").addEventListener("click", () => {
  if (source) stopEvents();
  else startEvents();
});

// --- a WebSocket ---

let socket = null;

// openSocket returns a WebSocket that sends what is waiting when it is open.
function openSocket(waiting) {
  const url = new URL("/echo", location);
  url.protocol = url.protocol.replace("http", "ws");
  const opened = new WebSocket(url);
  let greeted = false;
  opened.onopen = () => {
    $("hang-up").disabled = false;
    opened.send(waiting);
  };
  opened.onmessage = ({ data }) => {
    if (greeted) return prepend("echo-list", data);
    greeted = true;
    const { connection, served } = JSON.parse(data);
    record(String(connection), served, "echo", "raw");
    showNow(connection, served, "GET /echo: 101");
    say("echo-out", `Open on connection ${connection}.`, "good");
  };
  opened.onclose = ({ code }) => {
    if (socket === opened) socket = null;
    $("hang-up").disabled = true;
    say("echo-out", greeted ? `Closed with ${code}.` : "No answer: is the service still running?", code === 1000 ? "" : "bad");
  };
  return opened;
}

$("echo").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = $("words").value;
  if (socket && socket.readyState === WebSocket.CONNECTING) return;
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(words);
  else socket = openSocket(words);
  $("words").value = "";
});

$("hang-up").addEventListener("click", () => socket && socket.close(1000));

// --- on the wire ---

// side returns one direction of a turn.
function side(title, bytes) {
  const div = element("div");
  div.append(element("h3", "", `${title}, ${new Blob([bytes]).size} bytes`), element("pre", "", bytes.trimEnd()));
  return div;
}

async function play(button) {
  const { response, text, where } = await ask("dialogue", "", "/exchanges/" + button.dataset.name, { method: "POST" });
  if (!response.ok) return say("wire-out", reason(text), "bad");
  const turns = JSON.parse(text);
  $("turns").replaceChildren(...turns.map((turn) => {
    const [, path] = turn.sent.split(" ");
    const [, status] = turn.received.split(" ");
    const [, connection] = /^X-Connection: (\d+)/m.exec(turn.received) || [];
    const [, served] = /^X-Served: (\d+)/m.exec(turn.received) || [];
    const raw = path === "/frames" || path === "/loop";
    record(connection, served, path.split("/").pop(), status >= 400 ? "refused" : raw ? "raw" : "");
    const item = element("li");
    item.append(side("Sent", turn.sent), side(turn.closed ? "Received, then closed" : "Received", turn.received));
    return item;
  }));
  say("wire-out", `${button.dataset.moral}\nAsked for by ${where.toLowerCase()}`, "good");
}

for (const button of $("dialogues").querySelectorAll("button")) {
  button.addEventListener("click", () => attempt("wire-out", () => play(button)));
}

// --- what an operator sees ---

const many = (n, one) => `${n.toLocaleString()} ${one}${n === 1 ? "" : "s"}`;

function size(bytes) {
  for (const unit of ["B", "KB", "MB"]) {
    if (bytes < 1000) return `${bytes < 10 && unit !== "B" ? bytes.toFixed(1) : Math.round(bytes)} ${unit}`;
    bytes /= 1000;
  }
  return bytes.toFixed(1) + " GB";
}

// span shows nanoseconds; negative is beyond what is told apart.
function span(ns) {
  if (ns < 0) return "over 10 s";
  if (ns >= 1e9) return ns / 1e9 + " s";
  return ns >= 1e6 ? ns / 1e6 + " ms" : ns / 1e3 + " µs";
}

const listed = (counts) => Object.entries(counts).map(([what, n]) => `${n} ${what}`).join(", ");

// tiles returns name, value and detail of each number.
function tiles(s) {
  return [
    ["Connections", s.now.conns, `${s.now.idle} idle, ${s.now.upgraded} upgraded`],
    ["Taken over", s.now.taken, `${s.opened} so far`],
    ["Closed", listed(s.closed) || "none", s.requests_per_conn ? s.requests_per_conn.toFixed(1) + " requests each" : ""],
    ["Requests", s.requests.toLocaleString(), `${s.active} under way; ${listed(s.statuses)}`],
    ["First byte", s.first_byte.count ? "≤ " + span(s.first_byte.median) : "–", s.first_byte.count ? "median; 99 of 100 ≤ " + span(s.first_byte.p99) : ""],
    ["Streams", s.now.event_streams + s.now.websockets, `${many(s.now.event_streams, "event stream")}, ${many(s.now.websockets, "WebSocket")}`],
    ["Bytes", size(s.bytes_out), `out; ${size(s.bytes_in)} in`],
    ["Queued", size(s.now.queued), `${s.dropped} dropped, ${many(s.refused_sends, "send")} refused`],
    ["Refused", listed(s.refused) || "none", "by status"],
    ["Panics", s.panics, many(s.aborted, "response") + " cut short"],
  ];
}

function showNumbers(snapshot) {
  $("numbers").replaceChildren(...tiles(snapshot).map(([name, value, detail]) => {
    const tile = element("div");
    const number = element("dd", "", String(value));
    number.append(element("small", "", detail));
    tile.append(element("dt", "", name), number);
    return tile;
  }));
}

const numbers = new EventSource("/numbers");
numbers.onmessage = ({ data }) => {
  showNumbers(JSON.parse(data));
  if ($("numbers-out").textContent !== "Live.") say("numbers-out", "Live.", "good");
};
numbers.onerror = () => say("numbers-out", "The numbers have stopped. The browser is trying again.", "bad");

record(page.connection, page.served, "page", "raw");
attempt("notes-out", async () => say("notes-out", await list()));
