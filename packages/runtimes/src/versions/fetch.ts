/**
 * A request to a process that may have been started anew on the same port: a kept connection to the one before is closed by then, so a
 * request that met one is made again on a new one. All requests here are harmless when they are made twice.
 */
export async function fetchFresh(url: string | URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const code = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined)?.code : undefined;
    if (code !== 'UND_ERR_SOCKET' && code !== 'ECONNRESET') throw error;
    return fetch(url, init);
  }
}
