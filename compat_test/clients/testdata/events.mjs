// node events.mjs url: prints the data of each event, as JSON, on a line of its own, until
// its standard input ends, as it does when whoever has started it dies.
import { EventSource } from "eventsource";

const print = (data) => console.log(JSON.stringify(data));
const source = new EventSource(process.argv[2]);
source.onmessage = (event) => print(event.data);
source.addEventListener("gap", (event) => print("gap: " + event.data));
process.stdin.on("end", () => process.exit()).resume();
