import type { Run } from '../context.ts';
import { EXIT } from '../exit.ts';
import { loadFile } from '../serviceFile.ts';

export const run: Run = async (context) => {
  const { config, path, warnings } = await loadFile(context);
  context.out.result({ valid: true, service: config.service, file: path, warnings }, `${context.file}: ${config.service} is valid`);
  return EXIT.done;
};
