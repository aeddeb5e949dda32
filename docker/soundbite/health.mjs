// HEALTHCHECK of an image, without a shell: whether the service answers 2xx at its health path.
const { SOUNDBITE_PORT = '8080', SOUNDBITE_HEALTH = '/health' } = process.env;
try {
  const answer = await fetch(`http://127.0.0.1:${SOUNDBITE_PORT}${SOUNDBITE_HEALTH}`, {
    signal: AbortSignal.timeout(4000),
  });
  if (!answer.ok) throw new Error(`${SOUNDBITE_HEALTH} answers ${answer.status}`);
} catch (error) {
  process.stdout.write(`${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
