import { CHECKSUM_ALGORITHMS, checksumText } from './checksums.ts';
import { MAX_PART_NUMBER, type UploadedPart } from './multipart-uploads.ts';
import { childText, type XmlElement } from './read-xml.ts';
import { s3Errors } from './s3-errors.ts';

/** A part as the client lists it at the end. */
export interface ChosenPart {
  readonly number: number;
  readonly etag: string;
  /** As rows keep them. */
  readonly checksums: readonly string[];
}

const MIN_PART_BYTES = 5_242_880;

/** @throws {AshlarError} `s3.malformed_xml`, `s3.invalid_part_order`. */
export function readChosen(document: XmlElement): readonly ChosenPart[] {
  const chosen = document.children.filter(({ name }) => name === 'Part').map(readPart);
  if (chosen.length === 0 || chosen.length > MAX_PART_NUMBER) {
    throw s3Errors.malformedXml({ detail: `it names between 1 and ${MAX_PART_NUMBER} parts` });
  }
  const isAscending = chosen.every(({ number }, at) => at === 0 || number > (chosen[at - 1]?.number ?? 0));
  if (!isAscending) throw s3Errors.invalidPartOrder();
  return chosen;
}

function readPart(part: XmlElement): ChosenPart {
  const number = childText(part, 'PartNumber') ?? '';
  const etag = (childText(part, 'ETag') ?? '').trim().replaceAll('"', '');
  if (!/^\d{1,5}$/.test(number) || etag === '') throw s3Errors.malformedXml({ detail: 'a part has no number or tag' });
  const checksums = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = childText(part, `Checksum${algorithm.toUpperCase()}`);
    return value === null ? [] : [checksumText({ algorithm, value })];
  });
  return { number: Number(number), etag, checksums };
}

/** @throws {AshlarError} `s3.invalid_part`, `s3.part_too_small`. */
export function choosePart(
  uploaded: ReadonlyMap<number, UploadedPart>,
  { number, etag, checksums }: ChosenPart,
  isLast: boolean,
): UploadedPart {
  const part = uploaded.get(number);
  const isSame = part?.etag === etag && checksums.every((text) => part.checksum === null || part.checksum === text);
  if (part === undefined || !isSame) throw s3Errors.invalidPart({ number });
  if (!isLast && part.size < MIN_PART_BYTES) throw s3Errors.partTooSmall({ number });
  return part;
}
