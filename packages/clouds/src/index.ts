export { clouds } from './clouds.ts';
export type { EmulatedPlaces } from './emulated/account.ts';
