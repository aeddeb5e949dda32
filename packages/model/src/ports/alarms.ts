import type { CloudAlarm, SoughtAlarms } from '../gates/alarms/cloud-alarm.ts';
import type { Cloud } from './cloud.ts';

/** The alarms of an environment's account, in its region, read as its controller. */
export interface Alarms {
  /** Those of the sought that exist, each once, by name. Errors: those of the account. */
  find(cloud: Cloud, sought: SoughtAlarms): Promise<readonly CloudAlarm[]>;
}
