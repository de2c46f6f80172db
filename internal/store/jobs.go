package store

import (
	"slices"
	"time"

	"kontor/internal/jobs"
	"kontor/internal/txn"
)

// Jobs keeps background work. While a job runs, its due_at is 0, or the due of
// an Enqueue that came meanwhile: then it is to run once more.
type Jobs struct{ s *Store }

// Jobs returns the queries of package jobs.
func (s *Store) Jobs() Jobs { return Jobs{s} }

var _ jobs.Store = Jobs{}

// Enqueue implements jobs.Store.
func (j Jobs) Enqueue(tx txn.Tx, job jobs.Job, now time.Time) error {
	if !job.Due.After(now) {
		within(tx).news.Jobs = true
	}
	err := within(tx).do(`
		INSERT INTO job (id, workspace_id, kind, subject, state, due_at, created_at)
		VALUES ($1, $2, $3, $4, 'waiting', $5, $6)
		ON CONFLICT (kind, subject) DO UPDATE SET
			due_at  = CASE WHEN job.state = 'failed' OR job.due_at = 0 OR job.due_at > excluded.due_at THEN excluded.due_at ELSE job.due_at END,
			attempt = CASE WHEN job.state = 'failed' THEN 0 ELSE job.attempt END,
			error   = CASE WHEN job.state = 'failed' THEN '' ELSE job.error END,
			state   = CASE WHEN job.state = 'failed' THEN 'waiting' ELSE job.state END`,
		j.s.NewID(), int64(job.WorkspaceID), string(job.Kind), job.Subject, ms(job.Due), ms(now))
	return err
}

// kindList makes the parameters of "kind IN (…)", which come after from others.
func kindList(kinds []jobs.Kind, args ...any) (list string, all []any) {
	list = placeholders(len(args)+1, len(kinds))
	for _, k := range kinds {
		args = append(args, string(k))
	}
	return list, args
}

// Due implements jobs.Store.
func (j Jobs) Due(tx txn.Tx, kinds []jobs.Kind, now time.Time) (bool, error) {
	if len(kinds) == 0 {
		return false, nil
	}
	list, args := kindList(kinds, ms(now))
	found, err := within(tx).one(`SELECT id FROM job WHERE state = 'waiting' AND due_at <= $1 AND kind IN (`+list+`) LIMIT 1`, args, new(int64))
	if err != nil || found {
		return found, err
	}
	return within(tx).one(`SELECT id FROM job WHERE state = 'running' AND leased_until <= $1 AND kind IN (`+list+`) LIMIT 1`, args, new(int64))
}

// Claim implements jobs.Store.
func (j Jobs) Claim(tx txn.Tx, kinds []jobs.Kind, now, until time.Time, limit int) ([]jobs.Job, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	t := within(tx)
	list, args := kindList(kinds, ms(now))
	// What a crash left running waits again; its attempt stays counted.
	err := t.do(`
		UPDATE job SET state = 'waiting', due_at = $1
		WHERE id IN (
			SELECT id FROM job WHERE state = 'running' AND leased_until <= $1 AND kind IN (`+list+`)
			FOR UPDATE SKIP LOCKED -- only: postgres (another node is at it)
		)`, args...)
	if err != nil {
		return nil, err
	}
	var claimed []jobs.Job
	list, args = kindList(kinds, ms(now), ms(until), limit)
	err = t.change(`
		WITH next AS MATERIALIZED (
			SELECT id FROM job
			WHERE state = 'waiting' AND due_at <= $1 AND kind IN (`+list+`)
			ORDER BY due_at, id LIMIT $3
			FOR UPDATE SKIP LOCKED -- only: postgres (several nodes claim at once; SQLite has one writer)
		)
		UPDATE job SET state = 'running', attempt = attempt + 1, leased_until = $2, due_at = 0
		WHERE id IN (SELECT id FROM next)
		RETURNING id, workspace_id, kind, subject, attempt, created_at`,
		func(scan func(...any) error) error {
			var job jobs.Job
			var created int64
			if err := scan(&job.ID, &job.WorkspaceID, &job.Kind, &job.Subject, &job.Attempt, &created); err != nil {
				return err
			}
			job.CreatedAt = at(created)
			claimed = append(claimed, job)
			return nil
		}, args...)
	// RETURNING promises no order; ids rise with time.
	slices.SortFunc(claimed, func(a, b jobs.Job) int { return int(a.ID - b.ID) })
	return claimed, err
}

// Extend implements jobs.Store.
func (j Jobs) Extend(tx txn.Tx, running []jobs.Job, until time.Time) ([]int64, error) {
	n := len(running)
	ids, attempts, untils := make([]int64, n), make([]int64, n), make([]int64, n)
	for i, job := range running {
		ids[i], attempts[i], untils[i] = job.ID, int64(job.Attempt), ms(until)
	}
	var kept []int64
	err := within(tx).many(`
		UPDATE job SET leased_until = v.until FROM ({rows}) v
		WHERE job.id = v.id AND job.attempt = v.attempt AND job.state = 'running'
		RETURNING job.id`,
		[]column{ints("id", ids), ints("attempt", attempts), ints("until", untils)},
		func(scan func(...any) error) error {
			var id int64
			if err := scan(&id); err != nil {
				return err
			}
			kept = append(kept, id)
			return nil
		})
	return kept, err
}

// Complete implements jobs.Store.
func (j Jobs) Complete(tx txn.Tx, job jobs.Job) (bool, error) {
	t := within(tx)
	n, err := t.exec(`DELETE FROM job WHERE id = $1 AND attempt = $2 AND state = 'running' AND due_at = 0`, job.ID, job.Attempt)
	if err != nil || n > 0 {
		return n > 0, err
	}
	return j.onceMore(t, job)
}

// onceMore lets a job wait that was enqueued again while it ran: anew, and under
// a new id, so that the run that just ended can no longer change it.
func (j Jobs) onceMore(t *Tx, job jobs.Job) (bool, error) {
	n, err := t.exec(`
		UPDATE job SET id = $3, state = 'waiting', attempt = 0, leased_until = 0, error = ''
		WHERE id = $1 AND attempt = $2 AND state = 'running' AND due_at <> 0`, job.ID, job.Attempt, j.s.NewID())
	return n > 0, err
}

// Retry implements jobs.Store.
func (j Jobs) Retry(tx txn.Tx, job jobs.Job, due time.Time, problem string) (bool, error) {
	n, err := within(tx).exec(`
		UPDATE job SET state = 'waiting', due_at = $3, leased_until = 0, error = $4
		WHERE id = $1 AND attempt = $2 AND state = 'running'`, job.ID, job.Attempt, ms(due), clip(problem))
	return n > 0, err
}

// GiveUp implements jobs.Store.
func (j Jobs) GiveUp(tx txn.Tx, job jobs.Job, problem string) (bool, error) {
	t := within(tx)
	if again, err := j.onceMore(t, job); err != nil || again {
		return false, err
	}
	n, err := t.exec(`
		UPDATE job SET state = 'failed', leased_until = 0, error = $3
		WHERE id = $1 AND attempt = $2 AND state = 'running'`, job.ID, job.Attempt, clip(problem))
	return n > 0, err
}

// Release implements jobs.Store. The job gets a new id, so that a run that does
// not heed its end can no longer change it.
func (j Jobs) Release(tx txn.Tx, job jobs.Job, now time.Time) error {
	err := within(tx).do(`
		UPDATE job SET id = $3, state = 'waiting', attempt = attempt - 1, due_at = $4, leased_until = 0
		WHERE id = $1 AND attempt = $2 AND state = 'running'`, job.ID, job.Attempt, j.s.NewID(), ms(now))
	return err
}

// Open returns the subjects of which a job of this kind waits, runs, or was given up.
func (j Jobs) Open(tx txn.Tx, kind jobs.Kind) (map[int64]bool, error) {
	open := map[int64]bool{}
	err := within(tx).query(`SELECT subject FROM job WHERE kind = $1`, func(scan func(...any) error) error {
		var subject int64
		err := scan(&subject)
		open[subject] = true
		return err
	}, string(kind))
	return open, err
}

// Counts is how many jobs of each kind are in each state, for metrics and doctor.
func (j Jobs) Counts(tx txn.Tx) ([]jobs.Count, error) {
	var counts []jobs.Count
	err := within(tx).query(`SELECT kind, state, COUNT(*) FROM job GROUP BY kind, state ORDER BY kind, state`, func(scan func(...any) error) error {
		var c jobs.Count
		if err := scan(&c.Kind, &c.State, &c.Jobs); err != nil {
			return err
		}
		counts = append(counts, c)
		return nil
	})
	return counts, err
}

// Failed returns up to limit jobs that were given up, oldest first.
func (j Jobs) Failed(tx txn.Tx, limit int) ([]jobs.Failed, error) {
	var failed []jobs.Failed
	err := within(tx).query(`
		SELECT id, workspace_id, kind, subject, attempt, created_at, error FROM job
		WHERE state = 'failed' ORDER BY id LIMIT $1`, func(scan func(...any) error) error {
		var f jobs.Failed
		var created int64
		if err := scan(&f.ID, &f.WorkspaceID, &f.Kind, &f.Subject, &f.Attempt, &created, &f.Error); err != nil {
			return err
		}
		f.CreatedAt = at(created)
		failed = append(failed, f)
		return nil
	}, limit)
	return failed, err
}
