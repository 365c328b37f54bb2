//! Which tests there are.

/// The whole suite over the worlds that the function makes; it answers each with
/// whatever has to live as long. A test that is missing here is dead code, and
/// the compiler says so.
macro_rules! conformance {
    ($fresh:path) => {
        $crate::conformance::each! { $fresh;
            accounts {
                the_first_user_is_made_once_and_with_a_link_alone,
                a_user_has_a_name_of_its_own_and_the_grants_it_was_given,
                the_last_admin_of_all_tenants_stays,
                every_change_of_a_user_leaves_a_row_in_the_audit_log,
                a_session_is_its_users_until_it_ends,
                signing_in_and_out_leaves_rows_in_the_audit_log,
                whoever_is_shut_out_has_no_session_and_no_token,
                a_token_is_its_owners_to_take_back,
                sign_ins_that_fail_are_counted_by_whom_and_from_where,
                of_the_same_change_asked_for_twice_one_is_made,
            }
            overviews {
                a_page_begins_behind_the_one_before,
                a_scope_has_its_tenants_things_alone,
                runs_are_found_by_their_jobs_id,
                jobs_are_found_by_how_they_stand_and_what_they_are_called,
                rows_come_sorted_page_by_page_with_none_twice,
                rows_are_found_by_their_values_and_are_their_tenants,
                a_text_is_found_in_whatever_case_in_every_alphabet,
                what_a_row_came_of_is_there_with_what_it_was_before,
                groups_are_a_tenants_own_and_come_once_while_others_change,
            }
            apart {
                through_other_connections_there_is_the_same,
                what_is_changed_apart_and_what_is_changed_here_is_changed,
            }
            archives {
                of_each_thing_the_newest_raw_record_is_looked_through_page_by_page,
                an_archive_is_its_tenants_and_its_streams,
            }
            claims {
                a_claimed_task_is_not_claimed_twice,
                tasks_of_an_ad_hoc_integration_are_for_its_process_alone,
                a_process_of_one_ad_hoc_integration_gets_no_task_of_another,
                the_most_urgent_task_is_claimed_first_then_the_oldest,
                waiting_makes_a_task_more_urgent,
                tenants_take_turns_however_many_tasks_one_has,
                a_claim_of_many_has_some_of_every_tenant,
                no_more_than_the_limit_is_claimed,
                a_task_given_back_is_due_at_its_time,
                a_delayed_task_is_claimed_once_it_is_due,
                the_next_task_is_due_now_where_any_is,
                only_an_attempt_that_counts_is_held_against_a_task,
                why_a_task_was_given_back_is_noted_once_with_its_run,
                a_run_that_is_in_trouble_for_long_has_a_hundred_notes,
                of_single_tasks_those_that_are_there_are_claimed,
                a_single_task_is_claimed_as_soon_as_it_is_due,
            }
            deeds {
                a_tenant_that_is_there_already_leaves_no_row,
                an_integration_leaves_a_row_for_what_changes_and_none_for_what_does_not,
                an_integration_is_changed_in_all_that_is_asked_for_or_in_nothing,
                an_integration_is_added_with_all_that_comes_with_it_or_not_at_all,
                of_two_who_add_one_integration_at_once_one_is_refused,
                a_stored_credential_goes_to_no_other_service,
                what_is_done_with_a_job_and_its_runs_leaves_rows,
                a_run_that_is_cancelled_leaves_a_row_and_one_that_has_ended_none,
                dead_letters_leave_a_row_for_each_tenant_that_they_are_of,
                a_key_that_is_sealed_anew_leaves_a_row,
                what_is_done_with_a_token_names_it,
                what_cannot_be_written_down_is_not_done,
            }
            discoveries {
                of_each_thing_the_newest_payload_is_discovered,
                what_is_discovered_is_the_integrations_own,
                observed_keys_are_kept_once_by_path,
                no_more_keys_are_kept_than_the_bound,
            }
            census {
                what_a_census_does_not_meet_is_gone_and_its_rows_with_it,
                what_another_run_has_met_or_stored_since_is_not_gone,
                a_record_that_comes_back_has_its_rows_again,
                a_run_that_is_no_census_removes_nothing,
                a_census_of_one_partition_says_nothing_of_another,
                a_record_that_moved_to_another_partition_is_not_gone,
                a_partition_that_was_not_read_to_its_end_loses_nothing,
                a_record_that_is_gone_is_no_parent_and_is_not_discovered,
                rows_that_a_record_no_longer_has_are_removed,
                a_row_whose_newer_version_stays_is_still_its_records,
                a_row_whose_newer_version_came_in_the_same_batch_is_still_its_records,
                rows_of_other_tables_stay_whatever_records_they_are_of,
                a_job_has_a_census_every_so_many_days,
            }
            figures {
                what_a_version_did_is_added_up_minute_by_minute,
                what_was_done_days_ago_is_forgotten,
            }
            members {
                parts_that_their_owner_has_left_are_deleted,
                a_record_of_the_same_version_leaves_its_own_parts_too,
                a_late_and_older_record_brings_no_part_back,
                within_a_batch_the_newest_record_has_the_say,
                the_same_record_again_keeps_its_parts,
                parts_go_with_their_owner_and_with_no_other,
                parts_of_another_tenant_are_left_alone,
            }
            views {
                a_column_of_an_integration_is_seen_by_who_sees_one_that_has_it,
                a_view_shows_the_columns_under_their_labels,
                a_label_that_changes_renames_the_views_column_and_touches_no_row,
                a_view_shows_the_rows_of_its_integration_alone,
                a_pruned_column_leaves_the_views,
                an_integration_that_is_removed_takes_its_views_with_it_and_its_rows_stay,
            }
            leases {
                a_finished_task_is_gone,
                a_stale_lease_ends_nothing,
                tasks_that_are_finished_together_are_so_all_or_none,
                a_task_that_outlived_its_lease_has_an_attempt_held_against_it,
                a_heartbeat_keeps_a_claim,
                a_heartbeat_of_a_stale_lease_prolongs_nothing,
                a_process_that_is_alone_rescues_claims_that_still_hold,
                a_buried_task_fails_its_run_with_the_problem,
                a_task_that_keeps_costing_its_worker_the_lease_is_buried,
                an_attempt_that_fails_is_no_crash,
                a_rescue_of_one_integration_leaves_the_others_alone,
                a_rescue_of_one_integration_queues_what_is_buried_again,
                what_a_run_gave_up_is_queued_again_for_whoever_retries_it,
                an_integration_is_adopted_by_one_process_at_a_time,
                whoever_adopts_gets_the_claims_of_the_one_before,
            }
            relays {
                a_task_is_told_of_once,
                a_task_of_which_the_broker_was_told_can_be_claimed,
                private_tasks_are_not_told_of,
                a_task_is_told_of_again_when_it_is_given_back_and_due,
                a_task_is_told_of_again_when_it_is_rescued,
                what_the_broker_did_not_take_is_told_of_again,
                the_most_urgent_are_told_of_first,
                tenants_take_turns_in_being_told_of,
                no_more_of_a_queue_is_on_the_way_than_the_window,
                one_full_queue_does_not_hold_back_another,
                the_limit_is_shared_out_among_queues,
                what_was_told_of_long_ago_is_told_of_again,
                the_stores_clock_goes_forward,
            }
            runs {
                an_integration_keeps_its_id_when_it_is_opened_again,
                a_run_waits_until_it_begins,
                beginning_twice_plans_once,
                a_run_with_nothing_to_read_succeeds,
                a_run_ends_when_its_last_task_does,
                a_run_is_not_done_before_what_was_read_is_loaded,
                a_run_shows_what_was_asked_of_it,
                runs_are_answered_in_the_order_asked_for,
                a_cancelled_run_fetches_nothing_more_and_its_records_are_still_mapped,
                a_cancelled_run_moves_no_cursor,
                a_run_that_left_something_out_says_what,
                traffic_of_a_lost_attempt_is_counted_with_that_of_pages,
                a_rescued_task_does_not_hide_what_failed_for_good,
                runs_that_were_started_together_are_unfinished_together,
                a_buried_load_that_is_rescued_lets_its_run_succeed,
            }
            pages {
                a_planned_request_comes_back_as_it_was_written,
                a_page_commits_its_records_requests_and_tasks_together,
                a_page_of_a_stale_lease_leaves_nothing_behind,
                a_lost_page_does_not_hold_back_the_others,
                a_page_committed_twice_counts_once,
                the_request_that_brought_new_records_is_kept,
                the_same_content_is_stored_once,
                changed_content_becomes_a_newer_raw_record,
                the_same_external_id_of_another_stream_is_another_record,
                many_records_are_shared_out_among_transform_tasks,
                a_cursor_moves_only_once_the_run_has_read_everything,
                progress_is_merged_key_by_key,
                a_failed_partition_keeps_its_cursor_and_the_others_move,
                a_partition_that_was_left_out_keeps_its_cursor,
                a_request_shows_the_cursor_of_its_partition,
                a_validator_serves_the_next_run_once_everything_was_read,
                a_validator_of_a_failed_partition_serves_nobody,
                a_full_run_sees_no_cursor_and_no_validator,
                a_run_that_goes_back_to_a_time_sees_no_validator,
                an_extract_task_of_a_stale_lease_plans_nothing,
            }
            plans {
                parents_come_in_bounded_batches_in_the_order_of_their_raw_records,
                a_parent_comes_with_its_newest_payload_and_the_cursor_of_its_partition,
                only_parents_that_changed_since_the_last_run_are_planned_for,
                the_watermark_moves_only_when_the_run_succeeded,
                a_cancelled_run_leaves_the_watermark,
                parents_that_arrive_during_a_run_wait_for_the_next,
                a_full_run_is_planned_for_all_parents,
            }
            transforms {
                raw_records_come_in_the_order_of_the_ids,
                a_transformed_batch_queues_its_load,
                tasks_that_are_mapped_together_are_committed_all_or_none,
                a_batch_without_changes_ends_there,
                a_transformed_batch_of_a_stale_lease_leaves_nothing_behind,
                a_dead_letter_is_kept_once_a_record_and_digest,
            }
            tables {
                preparing_again_changes_nothing,
                another_component_of_the_same_descriptor_is_told_apart,
                a_new_column_is_added_to_the_rows_that_are_there,
                a_column_that_is_no_longer_declared_stays,
                a_change_of_type_is_refused,
                a_change_of_key_is_refused,
                a_required_column_cannot_become_nullable_or_go,
                a_refused_descriptor_leaves_nothing_behind,
                a_table_that_no_transform_made_is_refused,
                columns_may_be_called_like_words_of_sql,
                a_table_may_be_as_wide_as_a_descriptor_allows,
                a_column_whose_name_has_another_type_takes_its_other_name,
                a_column_without_another_name_does_not,
            }
            loads {
                rows_carry_their_tenant_integration_and_lineage,
                loading_the_same_twice_changes_nothing,
                a_batch_of_any_size_is_loaded_whole,
                an_older_version_never_overwrites_a_newer_one,
                a_fraction_of_a_second_makes_a_version_newer,
                of_equal_versions_the_newer_raw_record_wins,
                of_a_table_without_version_the_newest_raw_record_wins,
                an_equal_row_is_not_rewritten_and_still_counts_as_newest,
                an_outdated_row_does_not_lend_its_raw_record_to_a_newer_one,
                of_several_changes_of_a_row_in_a_batch_the_newest_counts,
                a_row_is_deleted_by_its_key,
                a_delete_leaves_a_row_of_a_newer_raw_record,
                a_delete_and_an_upsert_in_one_batch_go_by_their_raw_records,
                a_load_of_a_stale_lease_leaves_nothing_behind,
                batches_that_are_loaded_together_leave_the_newest_of_each_row,
                of_batches_that_are_loaded_together_none_is_where_a_lease_is_lost,
                the_run_counts_what_was_loaded_and_what_was_not,
                rows_with_texts_to_embed_queue_a_task_where_any_were_loaded,
                a_change_that_does_not_fit_becomes_a_dead_letter_and_the_rest_is_loaded,
                what_no_database_can_keep_becomes_a_dead_letter_and_the_rest_is_loaded,
            }
            orders {
                batches_in_any_order_leave_the_newest_version,
            }
            lookups {
                a_row_that_arrives_second_takes_the_value,
                a_row_that_arrives_first_is_filled_later_and_not_counted,
                the_table_that_is_looked_in_may_be_made_last,
                a_value_that_was_found_is_never_set_back_and_counts_as_unchanged,
                a_row_that_was_filled_later_is_unchanged_when_it_is_loaded_again,
                a_value_that_is_filled_in_is_handed_on,
                a_table_may_look_in_itself,
                a_lookup_in_a_control_table_finds_nothing,
                a_lookup_in_a_table_of_another_source_finds_nothing,
            }
            tenants {
                rows_of_the_same_key_stand_side_by_side,
                a_lookup_finds_no_row_of_another_tenant,
                records_cursors_and_parents_are_a_tenants_own,
                runs_of_another_integration_are_not_among_ones_unfinished,
            }
            versions {
                an_installed_version_is_kept_to_the_byte_and_is_not_active,
                the_same_bytes_are_there_already_and_others_are_refused,
                a_signature_is_kept_added_later_and_gone_with_its_bytes,
                a_version_in_development_is_replaced_and_then_for_good,
                a_version_that_does_something_else_is_refused,
                a_table_that_is_not_its_own_is_refused,
                a_table_change_that_the_rows_do_not_allow_is_refused,
            }
            activations {
                an_activation_adds_the_columns_and_is_what_hosts_see,
                an_activation_whose_table_no_longer_fits_leaves_nothing_behind,
                a_tenants_activation_stands_beside_the_one_for_all,
                rollbacks_go_back_step_by_step_and_at_last_to_none,
                a_retired_version_is_neither_activated_nor_rolled_back_to,
                two_plugins_are_not_active_for_the_same,
                what_is_not_there_is_answered_with_what_is,
                every_change_is_in_the_audit_log_which_nobody_changes,
                of_many_who_activate_at_once_one_comes_last,
            }
            trials {
                a_shadow_is_what_hosts_see_and_changes_no_table,
                a_canary_has_the_columns_that_it_fills,
                what_a_trial_finds_is_added_up_with_the_batches_that_are_committed,
                a_trial_beyond_its_limits_is_broken_off_once_and_the_batch_is_kept,
                an_activation_promotes_the_tried_version_and_replaces_another,
                a_rollback_breaks_the_trial_off_and_leaves_what_is_active,
                a_tenants_trial_stands_beside_the_one_for_all,
                what_cannot_be_tried_is_refused_with_the_reason,
                a_tried_version_is_not_retired,
                a_trial_begins_anew_with_other_bytes,
            }
            schedules {
                a_due_job_starts_once_for_its_time,
                two_schedulers_start_a_job_once,
                putting_jobs_again_brings_them_up_to_date_and_changes_nothing_else,
                what_an_operator_has_changed_stays,
                a_job_waits_until_what_it_depends_on_has_succeeded,
                a_cycle_is_refused_and_nothing_is_written,
                a_job_depends_on_none_that_is_not_there,
                a_tenant_at_its_cap_waits_and_another_one_starts,
                a_failed_run_is_followed_by_a_wait_and_counted,
                a_run_that_is_given_up_fails_with_its_problem,
                a_paused_integration_and_a_missing_plugin_are_waited_for,
                a_closed_account_is_waited_for,
                a_run_shows_its_job_and_how_far_it_is,
                what_is_not_there_cannot_be_asked_for,
            }
            replays {
                a_replay_goes_through_the_newest_records_batch_by_batch,
                a_step_of_a_stale_lease_queues_nothing,
                no_more_is_queued_while_enough_is_under_way,
                beside_others_work_a_replay_queues_one_task_at_a_time,
                a_paused_replay_queues_nothing_until_it_is_resumed,
                a_cancelled_replay_maps_nothing_more_and_loads_what_is_mapped,
                a_second_replay_of_the_same_records_is_refused_while_one_is_under_way,
                the_integrations_of_a_replay_come_one_after_another,
                a_part_whose_step_was_given_up_is_gone_on_behind,
                a_part_that_is_cancelled_as_a_run_is_gone_on_behind,
                a_replay_of_an_ad_hoc_integration_is_work_for_everybody,
                what_is_done_with_a_replay_is_in_the_audit_log,
                an_integration_that_is_removed_takes_its_part_with_it,
            }
            choices {
                records_are_chosen_by_when_they_were_read_and_whose_they_are,
                records_are_chosen_by_the_component_that_made_their_rows,
                a_record_that_was_read_anew_meanwhile_is_left_to_its_run,
                a_record_that_fails_again_has_one_dead_letter_and_the_others_none,
                a_replay_by_a_version_adds_its_columns_and_says_so_to_workers,
                a_version_that_cannot_map_the_records_is_refused,
                the_values_of_another_component_take_the_place_of_the_old_ones,
            }
            prunes {
                a_column_is_dropped_once_nothing_declares_it,
                the_hosts_columns_the_key_and_the_version_are_never_dropped,
                what_the_newest_component_of_a_folder_declares_stays,
                a_batch_that_still_has_values_of_a_dropped_column_is_loaded_without_them,
                a_column_that_was_looked_up_is_dropped_with_its_indexes,
            }
            watching {
                schedulers_and_relays_are_alive_while_they_say_so,
                a_queue_is_stuck_since_its_tenants_last_task_ended,
                a_queue_that_never_moved_is_stuck_since_its_oldest_task_was_due,
                what_is_not_due_or_is_for_one_process_alone_is_not_stuck,
                what_was_done_is_seen_behind_a_row_the_newest_first,
                a_replay_has_a_mark_that_changes_with_it_and_goes_with_its_end,
                a_budget_has_a_mark_for_each_tenant_that_uses_it,
                a_trial_has_a_mark_while_it_goes_on,
                a_job_fails_until_it_succeeds_and_is_late_where_it_does_not,
            }
            operators {
                a_tenant_is_added_once,
                integrations_are_listed_by_tenant,
                a_removed_integration_is_gone_and_its_rows_stay,
                the_first_data_key_of_a_tenant_stays,
                a_credential_is_kept_in_place_of_an_earlier_one,
                an_account_knows_how_many_processes_use_it,
                an_account_that_one_process_closes_is_closed_for_all,
                dead_letters_of_one_cause_are_one_group,
                replayed_dead_letters_are_mapped_again_in_their_run,
                any_number_of_dead_letters_is_replayed_at_once,
                dropped_dead_letters_are_gone_and_their_raw_records_stay,
                a_queue_shows_what_waits_runs_and_is_due_later,
                the_rate_of_a_queue_is_what_its_workers_report,
                a_queue_is_served_while_its_worker_reports,
            }
        }
    };
}

pub(crate) use conformance;
