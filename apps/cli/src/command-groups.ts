/** Summaries of the groups of commands. */
export const groups: Readonly<Record<string, string>> = {
  release: 'cut, list, show, verify, push and remove releases',
  freeze: 'add, list and remove times in which nothing enters an environment',
  taint: 'list and accept what was changed outside of promotions',
  evidence: 'add, list and show evidence of releases',
  token: 'make, list and revoke tokens of people and programs',
  env: 'list and show the declared environments',
  database: 'where the records are',
};
