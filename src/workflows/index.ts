export { blueGreenDeployment } from './blueGreenDeployment.ts';
export { observeService } from './observeService.ts';
