export { clouds } from './clouds.ts';
export { accountParts, type EmulatedPlaces, isOfAccounts } from './emulated/account.ts';
