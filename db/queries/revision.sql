-- name: RevisionListLatest :many
SELECT latest.subject_id, latest.revision, latest.content
FROM unnest(@subject_ids::bigint[]) AS k (subject_id)
CROSS JOIN LATERAL (
    SELECT revision.subject_id, revision.revision, revision.content
    FROM revision
    WHERE revision.tenant_id = @tenant_id AND revision.subject = @subject AND revision.subject_id = k.subject_id
    ORDER BY revision.revision DESC
    LIMIT 1
) AS latest;

-- name: RevisionInsert :exec
INSERT INTO revision (tenant_id, subject, subject_id, revision, content, principal)
SELECT @tenant_id, @subject, r.subject_id, r.revision, r.content::jsonb, @principal
FROM unnest(@subject_ids::bigint[], @revisions::integer[], @contents::text[]) AS r (subject_id, revision, content);
