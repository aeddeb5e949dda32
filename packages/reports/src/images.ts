import { type Paint, plain } from './text.ts';

interface Image {
  readonly release: string;
  readonly environment: string;
  readonly tag: string;
  readonly id: string;
  readonly size: number;
  readonly application: { readonly tag: string; readonly layer: string; readonly size: number };
  readonly made: boolean;
  readonly putRight: readonly string[];
  readonly runtime: 'process' | 'compose' | 'aws' | null;
}

/** The answer of `release image`. */
export const imagesReport = (images: readonly Image[], paint: Paint = plain): string =>
  images.map((image) => imageText(image, paint)).join('\n\n');

function imageText(image: Image, paint: Paint): string {
  const { environment, tag, id, size, application, made, putRight } = image;
  const how = made ? 'made from' : 'was there, and is proven to be that of';
  return [
    `${paint('strong', environment)}  ${how} ${image.release}`,
    `  image        ${tag}`,
    `  content      ${id}`,
    `  size         ${megabytes(size)}, of which the release ${megabytes(application.size)}`,
    `  application  ${application.tag}, shared by all environments; its layer is`,
    `               ${application.layer}`,
    ...putRight.map((line) => `  ${paint('warn', 'put right')}    ${line}`),
    ...elsewhere(image).map((line) => `  ${paint('dim', 'note')}         ${line}`),
  ].join('\n');
}

function elsewhere({ environment, runtime }: Image): string[] {
  if (runtime === 'compose') return [];
  if (runtime === null) return [`${environment} is not declared any more: nothing here runs of this image`];
  return [`${environment} has runtime: ${runtime}, so nothing here runs of this image`];
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

interface Verified {
  readonly release: string;
  readonly files: number;
  readonly images: {
    readonly problem: Problem | null;
    readonly environments: readonly {
      readonly environment: string;
      readonly tag: string;
      readonly state: 'proven' | 'altered' | 'absent';
      readonly problem: Problem | null;
    }[];
  } | null;
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

/** The answer of `release verify`. What was not looked at is never told as if it were well. */
export function verifiedReport({ release, files, images }: Verified, paint: Paint = plain): string {
  const unchanged = `${release} is unchanged since the cut: ${files} files and their manifest`;
  return [unchanged, ...imageLines(images, paint)].join('\n');
}

function imageLines(images: Verified['images'], paint: Paint): string[] {
  if (images === null) return [];
  const { problem, environments } = images;
  if (problem)
    return [`its images were ${paint('warn', 'not looked at')}: ${problem.message}`, `    → ${problem.hint}`];
  const there = environments.filter(({ state }) => state !== 'absent');
  if (there.length === 0) return ['it has no images on the container engine'];
  const absent = environments.filter(({ state }) => state === 'absent').map(({ environment }) => environment);
  return [
    ...there.flatMap(({ tag, problem: wrong }) =>
      wrong
        ? [`${paint('bad', 'altered')}  ${wrong.message}`, `    → ${wrong.hint}`]
        : [`${paint('good', 'proven')}   ${tag}`],
    ),
    ...(absent.length === 0 ? [] : [`no image for ${absent.join(', ')}`]),
  ];
}
