export { clouds } from './clouds.ts';
export { accountParts, type EmulatedPlaces } from './emulated/account.ts';
