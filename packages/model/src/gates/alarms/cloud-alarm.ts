/** Which alarms: these, and all whose names begin so. */
export interface SoughtAlarms {
  readonly names: readonly string[];
  readonly prefix?: string | undefined;
}

/** An alarm of CloudWatch, on a metric or on other alarms, as it is now. */
export interface CloudAlarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Since when, in ms since 1970; null: it does not say. */
  readonly since: number | null;
}
