/** The style of the pages that the control plane serves, in light and dark. Pages name it by its digest, so it stands in them letter for letter. */
export const pageStyle = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; --line: #d0d7de; --card: #f6f8fa; --dim: #59636e; --good: #1a7f37; --bad: #b42318; --warn: #8a5300; --busy: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --card: #1c2128; --dim: #a5aeb8; --good: #4ac26b; --bad: #ff8577; --warn: #e3a547; --busy: #76b5ff; } body { background: #0f1319; color: #e6edf3; } a { color: #76b5ff; } }
body { margin: 0; }
main { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
main:has(.chain) { max-width: 84rem; margin: 2rem auto; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1rem; }
dt, .dim { color: var(--dim); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
label { display: block; }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: 0.5rem; }
button { font: inherit; padding: 0.5rem 2rem; border-radius: 0.4rem; border: 1px solid; cursor: pointer; background: #1a7f37; color: #fff; }
button.no { background: #b42318; }
header { display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline; }
header p { margin: 0; }
.chain { list-style: none; margin: 1.5rem 0; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); }
.chain > li { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; padding: 1rem; min-width: 0; }
.chain dl { grid-template-columns: 5.5rem 1fr; margin: 0.8rem 0 0; font-size: 0.94rem; }
.chain ul { margin: 0; padding: 0; list-style: none; }
.chain ul li + li { margin-top: 0.4rem; }
.top { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; align-items: baseline; }
.state { display: inline-flex; gap: 0.4rem; align-items: center; font-weight: 600; white-space: nowrap; }
.state svg { width: 0.9rem; height: 0.9rem; flex: none; }
.healthy { color: var(--good); }
.degraded { color: var(--warn); }
.down { color: var(--bad); }
.empty { color: var(--dim); }
.busy { color: var(--busy); }
bdi { overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--busy); outline-offset: 2px; }
`;
