/** Of a reason: the lines after the first are what a program printed. */
export const firstLine = (text: string | null): string => (text ?? '').split('\n')[0]!;
