import * as z from 'zod';

/** A program and its arguments; never a line for a shell. */
export const argv = z
  .array(z.string())
  .min(1)
  .refine(([program]) => program !== '', { error: 'the first entry is the program to start' });
