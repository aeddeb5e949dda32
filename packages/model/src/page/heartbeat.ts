/** How often the stream that the page follows says that it goes on, where there is nothing else to say, in ms. */
export const heartbeatMs = 2_000;
