// Who may import whom (the import rule). `npm run imports` holds every source file to it; tools/imports.test.ts shows that it bites.

/** Whatever comes from one of our own folders. */
const ours = '^(packages|apps|cdk|tests|tools)/';

/** A room that may import itself and the named others, and nothing else of this repository. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: ours, pathNot: [from, ...allowed] },
});

export default {
  forbidden: [
    only('model-imports-no-room', 'the model is the core: it knows no other room', '^packages/model/', []),
    {
      name: 'packages-import-the-model-only',
      comment: 'what packages need of each other is a port in the model, bound by the control plane',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: '^packages/model/' },
      to: { path: ours, pathNot: ['^packages/$1/', '^packages/model/'] },
    },
    only('the-service-knows-no-deliverer', 'the delivered must not know the deliverer', '^apps/service/', []),
    {
      name: 'constructs-import-no-room',
      comment:
        'a release holds what they make: names of alias, parameters and outputs are their contract, and a test holds the model to it',
      severity: 'error',
      from: { path: '^cdk/', pathNot: ['\\.test\\.ts$', '^cdk/lib/testing'] },
      to: { path: ours, pathNot: '^cdk/' },
    },
    only('the-cli-is-a-client', 'parse, call the client, render', '^apps/cli/', ['^packages/(client|model|reports)/']),
    only('the-dashboard-is-a-client', 'it asks by the API, and nothing else', '^apps/dashboard/', [
      '^packages/(client|model)/',
    ]),
    only('the-control-plane-binds-packages', 'all packages, and no other app', '^apps/control-plane/', ['^packages/']),
    {
      name: 'the-model-is-pure',
      comment: 'no I/O, no clock, no process in the model; `module` loads a library when it is first needed',
      severity: 'error',
      from: { path: '^packages/model/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|module)$' },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'a test is imported by tests only',
      severity: 'error',
      from: { pathNot: ['\\.test\\.ts$', '^tests/', '^tools/'] },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'no-circles',
      comment: 'two files that need each other, if only for a type, are one file, or three',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'declared-dependencies-only',
      comment: 'an import works by chance when its package is not in the package.json of its workspace',
      severity: 'error',
      from: { path: '^(packages|apps|cdk)/', pathNot: ['\\.test\\.ts$', '^apps/dashboard/build/'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist|cdk\\.out|\\.venv(-contracts)?|\\.soundbite)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
