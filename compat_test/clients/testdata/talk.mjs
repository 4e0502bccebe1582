// node talk.mjs url messages: sends the messages, a JSON array of strings, without waiting
// for any answer, and prints what it has seen when the server has closed the WebSocket.
import WebSocket from "ws";

const [url, messages] = process.argv.slice(2);
const got = [];
const socket = new WebSocket(url, { perMessageDeflate: { threshold: 0 } });
socket.on("open", () => JSON.parse(messages).forEach((message) => socket.send(message)));
socket.on("message", (data) => got.push(String(data)));
socket.on("close", (code, reason) =>
  console.log(JSON.stringify({ got, code, reason: String(reason), extensions: socket.extensions })),
);
