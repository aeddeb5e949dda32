#!/usr/bin/env node
// The `soundbite` of the npm package. An older Node must understand this file, to say that it is too old.
const oldest = 24;

if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(
    `soundbite: node ${process.versions.node} is too old\nhint: install Node ${oldest} or newer: https://nodejs.org/download, nvm install ${oldest}, or npm install --save-dev node@${oldest}\n`,
  );
  process.exit(3);
}
await import('../dist/cli-main.mjs');
