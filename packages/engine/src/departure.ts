/** What becomes of an environment: it is gone with its data, or goes on in other hands. */
export type Departure = 'destroyed' | 'handed-back';
