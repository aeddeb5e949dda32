import { askEarly } from './early.ts';

// The first that the page does: what is imported after this is read later.
askEarly(location);
