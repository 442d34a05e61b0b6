import * as z from 'zod';
import { httpUrl } from '../fields.ts';

export const endpoints = z
  .strictObject({
    blue: httpUrl().optional().describe('Where blue answers directly, past the router.'),
    green: httpUrl().optional().describe('Where green answers directly, past the router.'),
    preview: httpUrl().optional().describe('One address of the idle color, for both.'),
  })
  .superRefine(({ blue, green, preview }, context) => {
    const complain = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', path, message });
    if (preview !== undefined && (blue ?? green) !== undefined) {
      complain('blue and green, or preview alone: preview is the address of whichever color is idle', ['preview']);
    } else if (preview === undefined && (blue === undefined || green === undefined)) {
      complain('needs both blue and green, or preview');
    } else if (blue !== undefined && blue === green) {
      complain('the same address as blue: the colors could not be told apart', ['green']);
    }
  })
  .describe('Where each color answers directly, past the router; a local environment knows its own.');
