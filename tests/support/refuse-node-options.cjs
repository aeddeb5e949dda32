// What a user's NODE_OPTIONS require: nothing to the CLI, which they were meant for, and the end of any other program of ours that takes them over.
if (!/apps\/cli\/src\/main\.js$/.test(process.argv[1] ?? '')) {
  throw new Error(`NODE_OPTIONS of the user's shell came into ${process.argv.join(' ')}`);
}
