import * as z from 'zod';
import { DURATION_PATTERN, parseDuration } from '../core/duration.ts';

/** A duration as it is written in the service file (`500ms`, `30s`, `10m`, `24h`), as milliseconds. A default is given with `.prefault('30s')`. */
export const duration = z
  .string({ error: 'a duration is text such as 500ms, 30s, 10m or 24h' })
  .regex(DURATION_PATTERN, { error: 'a duration is written 500ms, 30s, 10m or 24h' })
  .transform((text) => parseDuration(text)!);
