import { CONTENT_TYPES, type Soundbite } from './soundbite.ts';

/** A soundbite as the world sees it: in answers and in callbacks. */
export function soundbiteView(soundbite: Soundbite) {
  const { id, status, text, spoken, voice, format, speed, audio, reason, engine, callback, createdAt, updatedAt } =
    soundbite;
  return {
    id,
    status,
    ...(reason === undefined ? {} : { reason }),
    text,
    ...(spoken === undefined ? {} : { spoken }),
    voice,
    format,
    speed,
    ...(audio === undefined
      ? {}
      : {
          audio: {
            url: `/soundbites/${id}/audio`,
            contentType: CONTENT_TYPES[format],
            bytes: audio.bytes,
            seconds: audio.seconds,
          },
        }),
    ...(engine === undefined ? {} : { engine }),
    ...(callback === undefined ? {} : { callback }),
    createdAt,
    updatedAt,
  };
}
