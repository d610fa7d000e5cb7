import init from './worker.js';
// What the page sends before the module is ready waits its turn.
const early = [];
self.onmessage = (event) => early.push(event.data);
await init({ module_or_path: './worker_bg.wasm' }); // start() puts its own onmessage in place
for (const data of early) self.dispatchEvent(new MessageEvent('message', { data }));
