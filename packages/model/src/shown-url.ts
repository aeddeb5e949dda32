import { isLoopbackHost } from './loopback.ts';

/** Tells a home in a container at which loopback address of the machine people reach its ports; absent or empty: 127.0.0.1. */
const shownAddressVariable = 'SOUNDBITE_SHOWN_ADDRESS';

/** The address that is told to people instead of 127.0.0.1; undefined: that one. Any but a loopback address is none at which anything answers (host-refused). */
export const shownAddressOf = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const address = env[shownAddressVariable];
  return address && /^[\d.]+$/.test(address) && isLoopbackHost(address) && address !== '127.0.0.1'
    ? address
    : undefined;
};

/** An address of a port of this home (`http://127.0.0.1:8101`) as people reach it; any other address as it is. */
export const shownUrl = (url: string, address: string | undefined): string =>
  address === undefined ? url : url.replace(/^http:\/\/127\.0\.0\.1(?=[:/]|$)/, `http://${address}`);
