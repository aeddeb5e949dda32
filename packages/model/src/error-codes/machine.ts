import { away, broken, lookWithDoctor, refused, setting, withheld } from './row.ts';

/** Control plane, host, database, edge, and the machine that they run on. */
export const machineCodes = {
  unexpected: broken('an unexpected error', 'run `soundbite doctor`, then the command again with --verbose'),
  'demo-otherwise': broken('what a demo shows did not happen', 'soundbite history'),
  'demo-unfinished': withheld('not all is as it was before a demo', 'soundbite demo --clean'),
  'output-unwritable': withheld('the command’s output cannot be written', 'write it somewhere else'),
  'ended-by-signal': broken(
    'a signal ended the command and what it started',
    'the same command continues where this one stopped',
  ),
  'answer-unexpected': broken(
    'a peer answered in a format that this version does not know',
    './scripts/soundbite.sh down, then up',
  ),
  'connection-lost': away('the connection to the control plane broke', './scripts/soundbite.sh up'),
  'control-plane-down': away('the control plane is not running, or does not answer', './scripts/soundbite.sh up'),
  'specification-unread': broken('AWS’s specification of resource types cannot be read', 'npm ci'),
  'entry-broken': broken('a program of SoundBite could not be run', lookWithDoctor),
  'database-busy': broken('another control plane is starting on the database', 'wait until it has started'),
  'database-down': away(
    'the database does not answer',
    'check that Postgres runs there and that DATABASE_URL names it',
  ),
  'database-migration': broken('the database’s tables could not be migrated to this version', lookWithDoctor),
  'database-holds-records': refused(
    'the database holds the records of another installation',
    'name an empty database in DATABASE_URL',
  ),
  'database-moved': setting('the records were moved to another database', 'set DATABASE_URL to that database'),
  'database-move-unfinished': setting('a move of the records was interrupted', 'soundbite database move'),
  'database-newer': setting('a newer version has worked on the database', 'check out a commit that is at least as new'),
  'database-not-shared': setting(
    'an environment is real, and the database is this machine’s own',
    'set DATABASE_URL to the Postgres that your team shares',
  ),
  'database-same': setting('the records are already in this database', 'name the shared database in DATABASE_URL'),
  'database-unset': setting(
    'the records are in a database that DATABASE_URL no longer names',
    'set DATABASE_URL to that database',
  ),
  'database-unusable': setting('the database or its URL cannot be used', 'correct DATABASE_URL'),
  'records-left-behind': setting('the records are in another database than the one named', 'soundbite database move'),
  'edge-down': away('the edge does not answer', 'run `soundbite up`, then `soundbite doctor`'),
  'route-bad': broken('the edge received an invalid route', lookWithDoctor),
  'no-such-call': broken('the edge or the host does not know the call', './scripts/soundbite.sh down, then up'),
  'no-token': broken('the token of the edge or the host is wrong', './scripts/soundbite.sh down, then up'),
  'host-down': away('the host does not run, or is ending', 'run `soundbite up`'),
  'bad-spec': broken('the host received a process spec that it cannot start', 'correct the process spec'),
  'process-unknown': broken('the host has no process of that name', lookWithDoctor),
  'process-unhealthy': away('a process ended, or did not become healthy', 'read its log'),
  'process-not-started': broken('the machine could not start a process', 'read its log, then run the command again'),
  'process-unkillable': withheld(
    'processes survived SIGKILL',
    'find out why the kernel holds them (ps -o pid,stat,wchan)',
  ),
  'machinery-restarted': away('a process below the environment restarted meanwhile', lookWithDoctor),
  'engine-down': away(
    'the container engine does not answer',
    'start Docker, or name its socket in DOCKER_HOST, then run `soundbite doctor`',
  ),
  'engine-withheld': withheld(
    'this user may not use the container engine',
    'add the user to the group of its socket (docker), or name another engine in DOCKER_HOST',
  ),
  'engine-refused': broken('the container engine refused a call', lookWithDoctor),
  'relay-down': away('the relay through which containers reach what is theirs does not start', 'read its log'),
  'reach-unknown': setting(
    'a control plane that is to run in a container of the engine does not',
    'start it by docker/docker-compose.multienv.yml, with the socket of its own engine in SOUNDBITE_ENGINE_SOCKET; or unset SOUNDBITE_REACH',
  ),
  'engine-disk-full': withheld(
    'the disk of the container engine is full',
    'free space there (docker system df), then run the command again',
  ),
  'image-missing': broken('the container engine has no such image', 'run the command again: the image is built anew'),
  'runtime-in-place': refused(
    'a home that was begun with the declared runtimes, or an environment that is live, does not get this runtime in place',
    'begin another home (SOUNDBITE_HOME=<empty directory> soundbite up --runtime compose), or an environment of another name',
  ),
  'image-altered': withheld(
    'an image is not what its release says',
    'soundbite release image <environment> --release <release> makes it anew',
  ),
  'image-not-built': broken('the container engine could not build an image', lookWithDoctor),
  'container-port-taken': broken('a port that a container publishes is taken', 'stop what listens there (ss -ltnp)'),
  'container-name-taken': withheld(
    'a container or network that is not ours has the name that we need',
    'rename or remove what the message names',
  ),
  'toolkit-missing': withheld(
    'an environment declares `deployer: toolkit`, and the AWS CDK toolkit is not installed',
    'npm install --save-dev @aws-cdk/toolkit-lib, or take `deployer` out of environments.yaml',
  ),
  'python-missing': withheld(
    'the emulated accounts need Python, which this machine lacks',
    'install Python 3.10 or newer with its venv module: apt-get install python3 python3-venv',
  ),
  'emulator-not-installed': withheld(
    'the emulator of accounts could not be installed',
    'fix what the installer said, then run the command again',
  ),
  'program-missing': withheld(
    'a program that a release brings needs one that this machine lacks',
    'install what the message names, or correct `command` in service.yaml and cut a new release',
  ),
  'step-unknown': broken('this version lacks a kind of step', 'start a control plane of a newer version'),
  'no-free-port': withheld('no port is free on 127.0.0.1', 'stop what listens there (ss -ltnp)'),
  'postgres-failed': broken(
    'the embedded Postgres does not start',
    'check that the disk has room, or set DATABASE_URL',
  ),
  'postgres-missing': withheld('no Postgres is installed', 'set DATABASE_URL to your own Postgres'),
  'postgres-version': withheld('the data belong to another version of Postgres', 'go back to the commit that used it'),
  'no-postgres-user': withheld(
    'Postgres refuses to run as root, and no user for it can be created',
    'run SoundBite as a normal user, or set DATABASE_URL',
  ),
  'state-unreadable': withheld(
    'a file of the home cannot be read',
    'remove the named file, then run the command again',
  ),
  'disk-full': withheld('a disk, or a quota on it, is full', 'free space there, then run the command again'),
  'disk-read-only': withheld(
    'a file system is read-only',
    'mount it for writing, or keep the state elsewhere (SOUNDBITE_HOME)',
  ),
  'disk-broken': withheld('a disk reports errors', 'keep the state on another disk (SOUNDBITE_HOME)'),
  'not-permitted': withheld('this user may not access a file', 'run this as the owner of the file'),
  'watch-limit': withheld(
    'the machine’s limit of watched files is reached',
    'sudo sysctl fs.inotify.max_user_watches=524288',
  ),
} as const;
