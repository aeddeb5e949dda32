/**
 * The screens of the page, by the paths of their addresses. The control plane answers these with the page and no others, and the page shows at each the screen of
 * that name: what is not here does not exist. A path's part begins with a colon; what else an address says (`?find=`) is the page's own.
 */
export const screens = {
  environments: '/',
  environment: '/environments/:name',
  releases: '/releases',
  release: '/releases/:release',
  promotion: '/promotions/:id',
  approvals: '/approvals',
  freezes: '/freezes',
  ledger: '/ledger',
  people: '/people',
} as const;
