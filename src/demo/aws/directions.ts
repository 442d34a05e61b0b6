/** Where a load balancer sends the next request: a target group by weight, then its targets in turn. */
import { COLORS, type Color } from '../../core/plan.ts';
import type { Directions } from '../../providers/routers/local/front.ts';
import type { Target } from '../../providers/routers/local/switchboard.ts';

/** What a color's target group is at the moment. */
export interface Share {
  weight: number;
  /** http://ip:port of those that get requests. */
  targets: readonly string[];
}

/** A group of weight without targets gives no answer but 503, as at AWS: requests are not sent to the other one instead. */
export class WeightedDirections implements Directions {
  shares: Record<Color, Share> = { blue: { weight: 0, targets: [] }, green: { weight: 0, targets: [] } };
  #turn = 0;

  get target(): Target | null {
    const color = this.#color();
    const targets = color === null ? [] : this.shares[color].targets;
    if (color === null || targets.length === 0) return null;
    this.#turn = (this.#turn + 1) % targets.length;
    return { color, upstream: new URL(targets[this.#turn]!) };
  }

  #color(): Color | null {
    let drawn = Math.random() * COLORS.reduce((sum, color) => sum + this.shares[color].weight, 0);
    const weighted = COLORS.filter((color) => this.shares[color].weight > 0);
    for (const color of weighted) {
      drawn -= this.shares[color].weight;
      if (drawn < 0) return color;
    }
    return weighted.at(-1) ?? null;
  }
}
