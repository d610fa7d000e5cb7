// Before the first paint: the theme that the person chose.
try {
  document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'system';
} catch {
  // Storage is blocked: the system's theme. The page says more about it.
}
// The interface and the worker arrive side by side. The worker keeps what it is told until it is ready.
globalThis.sottoWorker = new Worker('/worker-boot.js', { type: 'module' });
import('/ui.js').then((ui) => ui.default({ module_or_path: '/ui_bg.wasm' }));
