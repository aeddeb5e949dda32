// Tries a version before users meet it: prints a fact as a JSON line for each thing that it tried.
const { SOUNDBITE_SMOKE_DOOR: door, SOUNDBITE_SMOKE_TOKEN: token } = process.env;

const answer = await fetch(`${door}/version-on-trial/?name=Ada`, { headers: { 'x-soundbite-token': token ?? '' } });
const text = await answer.text();
const ok = answer.status === 200 && JSON.parse(text).hello === 'Ada';
console.log(JSON.stringify({ fact: 'greets', ok, detail: `GET /?name=Ada answered ${answer.status}: ${text}` }));
process.exitCode = ok ? 0 : 1;
