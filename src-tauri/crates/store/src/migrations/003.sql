-- Why a seat is reclaimed, as it stood when it was staged: policy, days, pile and evidence, JSON.
ALTER TABLE changes ADD COLUMN reclaim TEXT;
